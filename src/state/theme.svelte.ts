export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'vermeil-theme';

/** Light, dark, or as the system says. The choice stands on the root element; the style sheet does the rest. */
export class ThemeState {
  choice: Theme = $state('auto');

  constructor() {
    const kept = themes.find((theme) => theme === localStorage.getItem(key));
    this.choose(kept ?? 'auto');
  }

  choose(theme: Theme): void {
    this.choice = theme;
    localStorage.setItem(key, theme);
    document.documentElement.dataset['theme'] = theme;
  }
}
