/** What a payload does when it runs. */
export const PLANTED = 'globalThis.planted=1';

/** Ways into a page that does not escape what it shows: as markup, as an attribute, as an address. */
const PAYLOADS = [
  `<script>${PLANTED}</script>`,
  `"><script>${PLANTED}</script>`,
  `</title><script>${PLANTED}</script>`,
  `</textarea><script>${PLANTED}</script>`,
  `</style><script>${PLANTED}</script>`,
  `<img src=x onerror=${PLANTED}>`,
  `"><img src=x onerror=${PLANTED}>`,
  `' onmouseover='${PLANTED}' x='`,
  `" autofocus onfocus="${PLANTED}`,
  `<svg onload=${PLANTED}>`,
  `<svg><script>${PLANTED}</script></svg>`,
  `<svg><animate onbegin=${PLANTED} attributeName=x dur=1s>`,
  `<body onload=${PLANTED}>`,
  `<details open ontoggle=${PLANTED}>`,
  `<iframe srcdoc="<script>parent.${PLANTED}</script>">`,
  `<iframe src="javascript:parent.${PLANTED}">`,
  `<object data="javascript:${PLANTED}">`,
  `<embed src="javascript:${PLANTED}">`,
  `<a href="javascript:${PLANTED}">press</a>`,
  `<form action="javascript:${PLANTED}"><button>press</button></form>`,
  `<math><mtext><img src=x onerror=${PLANTED}></mtext></math>`,
  `<template><script>${PLANTED}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${PLANTED}>">`,
  `<link rel=stylesheet href="javascript:${PLANTED}">`,
  `<meta http-equiv="refresh" content="0;url=javascript:${PLANTED}">`,
  `<base href="javascript:${PLANTED}//">`,
  `{{constructor.constructor('${PLANTED}')()}}`,
  `\${${PLANTED}}`,
  `&lt;script&gt;${PLANTED}&lt;/script&gt;`,
  `<!--><script>${PLANTED}</script>-->`,
];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Pages by path whose every text is a payload, and whose links lead into scripts. */
export function hostilePages(): ReadonlyMap<string, string> {
  return new Map(
    PAYLOADS.map((payload, number) => {
      const text = escaped(payload);
      const body =
        `<!doctype html><html lang="en"><head><title>${text}</title><meta name="description" content="${text}"></head>` +
        `<body><h1>${text}</h1><a href="javascript:${PLANTED}">${text}</a>` +
        `<a href="data:text/html,<script>${PLANTED}</script>">${text}</a>` +
        `<a href="/hostile/missing-${number}?q=${encodeURIComponent(payload)}">${text}</a></body></html>`;
      return [`/hostile/${number}`, body] as const;
    }),
  );
}
