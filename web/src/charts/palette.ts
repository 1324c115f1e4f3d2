import type { Theme } from '../store/view';

/** Colours of lines and classes, told apart also by those who see red and green alike. */
const COLOURS: Record<Theme, readonly string[]> = {
  light: ['#4353e0', '#c2570c', '#0d7d6c', '#a8327d', '#6e6a00', '#2679ad', '#8a5a44', '#69738a'],
  dark: ['#8f9aff', '#f2975c', '#4dc4af', '#e585c0', '#cbc455', '#6db6e8', '#cfa08a', '#a9b2c3'],
};

export function colours(theme: Theme): readonly string[] {
  return COLOURS[theme];
}

/** Return a colour seen through: `alpha` between 0 and 1. */
export function faded(colour: string, alpha: number): string {
  const hex = Math.round(alpha * 255).toString(16);
  return colour + hex.padStart(2, '0');
}

/** Return the value of a CSS variable of the theme, for what is drawn on a canvas. */
export function variable(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
