/** Undefined where there is none. */
export function findChromium(env?: NodeJS.ProcessEnv): string | undefined;
/** How to get one, in words. */
export const howToInstall: string;
