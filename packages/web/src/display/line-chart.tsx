import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { tickLabels } from './tick-labels.js';

export interface ChartLine {
  readonly label: string;
  /** A CSS variable of the theme: `--outrider-fetched`. */
  readonly color: string;
  readonly values: readonly (number | null)[];
  readonly dash?: readonly number[];
}

interface LineChartProps {
  readonly title: string;
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly height?: number;
}

/** How far apart ticks may be: whole seconds, since what is counted is counted by the second at most. */
const SECONDS_APART = [
  ...[1, 5, 10, 15, 30, 60, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200],
  ...[1, 2, 3, 7, 14, 28, 90, 365].map((days) => days * 86_400),
];

/** Lines over time. What it shows is told in words beside it, by the page that uses it. */
export function LineChart({ title, times, lines, height = 180 }: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const scheme = useComputedColorScheme('light');
  const data: uPlot.AlignedData = [[...times], ...lines.map(({ values }) => [...values])];
  const latest = useRef(data);
  latest.current = data;
  const shape = lines.map(({ label, color }) => `${label} ${color}`).join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines' names and colours are in `shape`.
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = new uPlot(optionsOf(element, lines, height), latest.current, element);
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [scheme, height, shape]);

  useEffect(() => {
    chart.current?.setData(data);
  });

  return <div ref={place} role="img" aria-label={title} />;
}

function optionsOf(element: HTMLElement, lines: readonly ChartLine[], height: number): uPlot.Options {
  const styles = getComputedStyle(element);
  const colorOf = (name: string): string => styles.getPropertyValue(name).trim();
  const axis = {
    stroke: colorOf('--outrider-axis'),
    grid: { stroke: colorOf('--outrider-grid'), width: 1 },
    ticks: { stroke: colorOf('--outrider-grid'), width: 1 },
  };
  return {
    width: element.clientWidth,
    height,
    legend: { show: lines.length > 1, live: false },
    cursor: { y: false },
    axes: [
      {
        ...axis,
        space: 72,
        incrs: [...SECONDS_APART],
        values: (_chart, times, _axis, _space, apart) => tickLabels(times, apart),
      },
      { ...axis, size: 56 },
    ],
    scales: { y: { range: (_chart, _low, high) => [0, Math.max(1, high * 1.1)] } },
    series: [
      {},
      ...lines.map(({ label, color, dash }) => ({
        label,
        stroke: colorOf(color),
        width: 2,
        points: { show: false },
        spanGaps: true,
        ...(dash === undefined ? {} : { dash: [...dash] }),
      })),
    ],
  };
}
