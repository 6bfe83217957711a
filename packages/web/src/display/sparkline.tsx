const WIDTH = 96;
const HEIGHT = 24;
/** A bar that stands for nothing is still to be seen. */
const LEAST = 1.5;

export interface SparkBar {
  readonly key: string;
  readonly value: number;
  /** What one reads on pointing at it. */
  readonly title: string;
  readonly look: 'good' | 'bad' | 'going';
}

const COLORS: Readonly<Record<SparkBar['look'], string>> = {
  good: 'var(--outrider-fetched)',
  bad: 'var(--outrider-failed)',
  going: 'var(--outrider-skipped)',
};

interface SparklineProps {
  /** What it shows, in words with its values: it stands for the picture where that is not seen. */
  readonly label: string;
  /** The oldest first. */
  readonly bars: readonly SparkBar[];
  /** Room for so many bars, so that short rows are as wide as long ones. */
  readonly room: number;
}

/**
 * Values side by side, small enough for a cell of a table. The newest stands at the right end. Bars that are bad are
 * hollow: not their colour alone tells them.
 */
export function Sparkline({ label, bars, room }: SparklineProps) {
  const step = WIDTH / room;
  const highest = Math.max(1, ...bars.map(({ value }) => value));
  const begin = room - bars.length;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      style={{ display: 'block' }}
    >
      <rect x={0} y={HEIGHT - 1} width={WIDTH} height={1} fill="var(--outrider-grid)" />
      {bars.map(({ key, value, title, look }, place) => {
        const height = Math.max(LEAST, (value / highest) * HEIGHT);
        return (
          <rect
            key={key}
            x={(begin + place) * step}
            y={HEIGHT - height}
            width={Math.max(1, step - 1.2)}
            height={height}
            fill={look === 'bad' ? 'none' : COLORS[look]}
            stroke={look === 'bad' ? COLORS[look] : 'none'}
          >
            <title>{title}</title>
          </rect>
        );
      })}
    </svg>
  );
}
