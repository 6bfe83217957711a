const MAX_CANDIDATES = 100;

/**
 * The addresses of a `srcset` (HTML standard, 4.8.4.3.10), in order, without their descriptors, at most 100.
 * A comma within an address belongs to it; commas at its end separate.
 */
export function parseSrcset(srcset: string): string[] {
  const urls: string[] = [];
  let i = 0;
  while (urls.length < MAX_CANDIDATES) {
    while (i < srcset.length && (isSpaceAt(srcset, i) || srcset.charAt(i) === ',')) i++;
    if (i >= srcset.length) break;
    const start = i;
    while (i < srcset.length && !isSpaceAt(srcset, i)) i++;
    let end = i;
    while (end > start && srcset.charAt(end - 1) === ',') end--;
    urls.push(srcset.slice(start, end));
    if (end === i) i = skipDescriptors(srcset, i);
  }
  return urls;
}

/** Index behind the comma that ends the descriptors; commas within parentheses do not end them. */
function skipDescriptors(srcset: string, from: number): number {
  let depth = 0;
  for (let i = from; i < srcset.length; i++) {
    const char = srcset.charAt(i);
    if (char === '(') depth = 1;
    else if (char === ')') depth = 0;
    else if (char === ',' && depth === 0) return i + 1;
  }
  return srcset.length;
}

function isSpaceAt(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d && unit !== 0x0b);
}
