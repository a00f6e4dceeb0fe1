/** What the animal does, as far as rates depend on it; the number is a place in lists of rates. */
export const behaviour = { quiet: 0, theta: 1, nrem: 2, rem: 3 } as const;
export type Behaviour = (typeof behaviour)[keyof typeof behaviour];
