/** What a colour stands for, as properties of Ink's Text. */
export type Style = {
  readonly color?: string;
  readonly bold?: boolean;
  readonly dimColor?: boolean;
  readonly inverse?: boolean;
};

export type Theme = Readonly<
  Record<'title' | 'chosen' | 'name' | 'faint' | 'label' | 'warning' | 'error' | 'cursor', Style>
>;

/** Without colour, what must be seen is marked by a sign or reversed. */
export const makeTheme = (colour: boolean): Theme =>
  colour
    ? {
        title: { color: 'cyan', bold: true },
        chosen: { inverse: true },
        name: {},
        faint: { color: 'gray' },
        label: { color: 'blue' },
        warning: { color: 'yellow' },
        error: { color: 'red' },
        cursor: { inverse: true },
      }
    : {
        title: { bold: true },
        chosen: { inverse: true },
        name: {},
        faint: {},
        label: {},
        warning: {},
        error: {},
        cursor: { inverse: true },
      };
