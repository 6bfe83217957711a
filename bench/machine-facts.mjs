import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {string} its first line, or '' when it is not there
 */
function firstLine(program, args) {
  try {
    return (execFileSync(program, args, { encoding: 'utf8' }).split('\n')[0] ?? '').trim();
  } catch {
    return '';
  }
}

/** @param {string} name a dependency of this package */
function versionOf(name) {
  let path = createRequire(import.meta.url).resolve(name);
  for (;;) {
    path = path.slice(0, path.lastIndexOf('/'));
    try {
      const found = JSON.parse(readFileSync(`${path}/package.json`, 'utf8'));
      if (found.name === name) return found.version;
    } catch {
      // Not the package's own folder yet.
    }
  }
}

/** Where and with what a figure was measured. */
export function machineFacts() {
  const scrapy = firstLine('/usr/bin/python3', ['-c', 'import scrapy; print(scrapy.__version__)']);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores (${cpus()[0]?.model.trim() ?? arch()}), ${(totalmem() / 2 ** 30).toFixed(0)} GB, ${type()} ${release()}`,
    load: loadavg()[0]?.toFixed(1) ?? '?',
    versions: `Node.js ${process.versions.node}, undici ${versionOf('undici')}, htmlparser2 ${versionOf('htmlparser2')}, Crawlee ${versionOf('@crawlee/cheerio')}, Scrapy ${scrapy}`,
  };
}
