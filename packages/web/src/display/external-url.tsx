import { Anchor, Text } from '@mantine/core';

/** Whether a crawled URL may be linked: `javascript:` and the like are shown as what they are, text. */
export function isLinkable(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
}

/** A URL of a crawled site: a link out where that is safe, and always its whole text. */
export function ExternalUrl({ url }: { readonly url: string }) {
  if (!isLinkable(url)) {
    return (
      <Text span className="url">
        {url}
      </Text>
    );
  }
  return (
    <Anchor href={url} target="_blank" rel="noopener noreferrer" className="url">
      {url}
    </Anchor>
  );
}
