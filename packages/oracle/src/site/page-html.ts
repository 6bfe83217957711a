import type { PageProse } from './page-prose.js';

export interface HtmlLink {
  readonly href: string;
  readonly text: string;
}

export interface HtmlPage {
  readonly prose: PageProse;
  readonly noindex: boolean;
  /** In the navigation bar at the top. */
  readonly nav: readonly HtmlLink[];
  /** In the body: shared out over the paragraphs, one sentence each. */
  readonly body: readonly HtmlLink[];
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}

function anchors(links: readonly HtmlLink[]): string {
  let html = '';
  for (const { href, text } of links) html += `<li><a href="${escapeAttribute(href)}">${text}</a></li>\n`;
  return html;
}

function bodyHtml({ prose, body }: HtmlPage): string {
  const perParagraph = Math.ceil(body.length / prose.paragraphs.length);
  let html = '';
  for (const [index, paragraph] of prose.paragraphs.entries()) {
    html += `<h2 id="part-${index + 1}">Part ${index + 1}</h2>\n<p>${paragraph}`;
    const from = index * perParagraph;
    for (const { href, text } of body.slice(from, from + perParagraph)) {
      html += ` See <a href="${escapeAttribute(href)}">${text}</a>.`;
    }
    html += '</p>\n';
  }
  return html;
}

/**
 * A whole document. The texts come from the site's own generator and need no escaping. The first link
 * is in the footer again, as site templates do: every page links one URL twice.
 */
export function renderHtml(page: HtmlPage): string {
  const { prose, nav } = page;
  const robots = page.noindex ? '<meta name="robots" content="noindex">\n' : '';
  return (
    `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>${prose.title}</title>\n` +
    `<meta name="description" content="${prose.description}">\n` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">\n${robots}</head>\n<body>\n` +
    `<header><nav aria-label="Main"><ul>\n${anchors(nav)}</ul></nav></header>\n` +
    `<main>\n<h1>${prose.title}</h1>\n${bodyHtml(page)}</main>\n` +
    `<footer><p>Plant handbook</p><ul>\n${anchors(nav.slice(0, 1))}</ul></footer>\n</body>\n</html>\n`
  );
}
