/**
 * What `scope.stripParams` holds unless a campaign says otherwise: parameters that by the software that
 * writes them say who came or from where, and never which content is meant. Removing one of them cannot
 * make one URL of two contents.
 *
 * Not here, though they often multiply URLs: `sid` (a session for some, a story for others), `sort`,
 * `order`, `view` and `print` with other values (they choose or arrange content, and may number it). Those
 * are held by the budgets of `traps`.
 */
export const DEFAULT_STRIP_PARAMS: readonly string[] = [
  // Sessions: Jakarta Servlet 6.0 (7.1.3), PHP, classic ASP, ColdFusion, osCommerce, Zen Cart.
  ';jsessionid',
  'jsessionid',
  'JSESSIONID',
  'PHPSESSID',
  'ASPSESSIONID*',
  'CFID',
  'CFTOKEN',
  'osCsid',
  'zenid',
  // Campaigns and clicks: Google, Meta, Microsoft, Yandex, X, TikTok, Mailchimp.
  'utm_*',
  'gclid',
  'gbraid',
  'wbraid',
  'dclid',
  '_gl',
  'fbclid',
  'msclkid',
  'yclid',
  'twclid',
  'ttclid',
  'mc_cid',
  'mc_eid',
  // WordPress: where the reply form stands. Printed form of the same page.
  'replytocom',
  'print=1',
  'print=true',
  'print=yes',
];
