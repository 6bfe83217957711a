import { seededStream } from './seeded-hash.js';

const WORDS = (
  'a the of and to in each every one other same next last first full short long early late ' +
  'pump valve gauge filter pipe tank sensor meter reading value level pressure flow record chart ' +
  'operator engineer team shift site plant unit station manual guide table figure section part step ' +
  'opens closes starts stops checks measures reports compares drains fills turns holds keeps shows ' +
  'before after during until while when where because unless although with without above below between ' +
  'calibrated rated tested marked spare worn clean dry cold warm stable steady slow quick safe ' +
  'once twice daily weekly again always rarely exactly roughly'
).split(' ');

const SUBJECTS = ['Pump', 'Valve', 'Gauge', 'Filter', 'Pipeline', 'Tank', 'Sensor', 'Meter'];
const TASKS = ['calibration', 'inspection', 'replacement', 'readings', 'tolerances', 'start-up', 'storage'];

export interface PageProse {
  readonly title: string;
  readonly description: string;
  readonly paragraphs: readonly string[];
}

function sentence(next: () => number): string {
  const length = 8 + (next() % 8);
  let text = '';
  for (let i = 0; i < length; i += 1) {
    const word = WORDS[next() % WORDS.length] ?? 'pump';
    text += i === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : ` ${word}`;
  }
  return `${text}.`;
}

/** Title, description and two to four paragraphs of plain text, the same for the same start and number. */
export function writeProse(start: number, number: number): PageProse {
  const next = seededStream(start);
  const subject = SUBJECTS[next() % SUBJECTS.length] ?? 'Pump';
  const task = TASKS[next() % TASKS.length] ?? 'storage';
  const paragraphs: string[] = [];
  for (let count = 2 + (next() % 3); count > 0; count -= 1) {
    let text = sentence(next);
    for (let more = 2 + (next() % 3); more > 0; more -= 1) text += ` ${sentence(next)}`;
    paragraphs.push(text);
  }
  return { title: `${subject} ${task}, sheet ${number}`, description: sentence(next), paragraphs };
}
