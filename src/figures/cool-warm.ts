type Triple = readonly [number, number, number];

/**
 * The colour map between cool blue and warm red whose lightness falls evenly to both sides of a light grey.
 * @param fraction 0 to 1
 * @returns red, green and blue, 0 to 255
 * Source: Moreland 2009, Diverging Color Maps for Scientific Visualization, doi 10.1007/978-3-642-10520-3_9
 */
export function coolWarm(fraction: number): Triple {
  const at = Math.min(1, Math.max(0, fraction));
  return at < 0.5
    ? toRgb(mix(cool, middle(cool), 2 * at))
    : toRgb(mix(middle(warm), warm, 2 * at - 1));
}

/** White in CIE XYZ, as daylight (D65) makes it. */
const white: Triple = [95.047, 100, 108.883];

/** Magnitude, saturation and hue: polar coordinates of CIELAB. */
const cool = toMsh([59, 76, 192]);
const warm = toMsh([180, 4, 38]);
const lightest = 88;

/** The unsaturated colour between, its hue spun so that the way there is even. */
function middle([m, s, h]: Triple): Triple {
  const spin = (s * Math.sqrt(lightest ** 2 - m ** 2)) / (m * Math.sin(s));
  return [lightest, 0, h > -Math.PI / 3 ? h + spin : h - spin];
}

function mix(a: Triple, b: Triple, t: number): Triple {
  return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])];
}

function toMsh(rgb: Triple): Triple {
  const [red, green, blue] = rgb.map((value) => {
    const part = value / 255;
    return 100 * (part > 0.04045 ? ((part + 0.055) / 1.055) ** 2.4 : part / 12.92);
  }) as [number, number, number];
  const xyz: Triple = [
    0.4124 * red + 0.3576 * green + 0.1805 * blue,
    0.2126 * red + 0.7152 * green + 0.0722 * blue,
    0.0193 * red + 0.1192 * green + 0.9505 * blue,
  ];
  const [x, y, z] = xyz.map((value, axis) => {
    const part = value / (white[axis] ?? 1);
    return part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116;
  }) as [number, number, number];
  const [lightness, a, b] = [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  const m = Math.hypot(lightness, a, b);
  return [m, Math.acos(lightness / m), Math.atan2(b, a)];
}

function toRgb([m, s, h]: Triple): Triple {
  const lightness = m * Math.cos(s);
  const y = (lightness + 16) / 116;
  const x = (m * Math.sin(s) * Math.cos(h)) / 500 + y;
  const z = y - (m * Math.sin(s) * Math.sin(h)) / 200;
  const [cx, cy, cz] = [x, y, z].map((value, axis) => {
    const part = value ** 3 > 0.008856 ? value ** 3 : (value - 16 / 116) / 7.787;
    return (part * (white[axis] ?? 1)) / 100;
  }) as [number, number, number];
  const gamma = (value: number): number => {
    const part = value > 0.0031308 ? 1.055 * value ** (1 / 2.4) - 0.055 : 12.92 * value;
    return Math.round(255 * Math.min(1, Math.max(0, part)));
  };
  return [
    gamma(3.2406 * cx - 1.5372 * cy - 0.4986 * cz),
    gamma(-0.9689 * cx + 1.8758 * cy + 0.0415 * cz),
    gamma(0.0557 * cx - 0.204 * cy + 1.057 * cz),
  ];
}
