// Written by scripts/title-widths.mjs; do not edit.
// Advance widths of Liberation Sans Regular 2.1.5, which are those of Arial. Liberation fonts: digitized data
// copyright (c) 2010 Google Corporation with Reserved Font Arimo, Tinos and Cousine; copyright (c) 2012 Red Hat, Inc.
// with Reserved Font Name Liberation. SIL Open Font License, Version 1.1, https://openfontlicense.org.

/** Font units to the em. */
export const SANS_UNITS_PER_EM = 2048;

/** First code point of a range, and the advances from there on in base 36; 0 where the font has no glyph. */
export const SANS_ADVANCES: readonly (readonly [number, string])[] = [
  [
    0x20,
    'ft ft k7 vn vn 1el 11y av iy iy m5 x8 ft iy ft ft vn vn vn vn vn vn vn vn vn vn ft ft x8 x8 x8 vn 1lr 11y 11y 153 153 11y yr 189 153 ft sg 11y vn 1be 153 189 11y 189 153 11y yr 153 11y 1hp 11y 11y yr ft ft ft qp vn iy vn vn sg vn vn ft vn vn cn cn sg cn 1be vn vn vn vn iy sg ft vn sg 153 sg sg sg j0 es j0 x8',
  ],
  [
    0xa0,
    'ft iy vn vn vn vn es vn iy 15x l2 vn x8 iy 15x vf mr v8 iy iy iy ws uk iy iy iy ks vn 1bg 1bg 1bg yr 11y 11y 11y 11y 11y 11y 1kw 153 11y 11y 11y 11y ft ft ft ft 153 153 189 189 189 189 189 x8 189 153 153 153 153 11y 11y yr vn vn vn vn vn vn 1el sg vn vn vn vn ft ft ft ft vn vn vn vn vn vn vn v8 yr vn vn vn vn sg vn sg 11y vn 11y vn 11y vn 153 sg 153 sg 153 sg 153 sg 153 yz 153 vn 11y vn 11y vn 11y vn 11y vn 11y vn 189 vn 189 vn 189 vn 189 vn 153 vn 153 vn ft ft ft ft ft ft ft cn ft ft 15t p9 sg cn 11y sg sg vn cn vn cn vn gl vn j0 vn cn 153 vn 153 vn 153 vn yd 155 vn 189 vn 189 vn 189 vn 1kw 1hp 153 iy 153 iy 153 iy 11y sg 11y sg 11y sg 11y sg yr ft yr lc yr ft 153 vn 153 vn 153 vn 153 vn 153 vn 153 vn 1hp 153 11y sg 11y yr sg yr sg yr sg cn',
  ],
  [
    0x370,
    '0 0 0 0 iy iy 0 0 0 0 iy sg sg sg ft 0 0 0 0 0 iy iy 11z ft 18m 1bo lu 0 182 0 1co 16t cn 11y 11y vc 120 11y yr 153 189 ft 11y 120 1be 153 10z 189 153 11y 0 z6 yr 11y 19e 11y 1bj 16j ft 11y ww pd vn cn v4 ww wq sg vo pd p3 vn vn cn sg sg ws sg ph vn 139 wd rf z4 mh v4 10w tv 14k 18f cn v4 vn v4 18f 0 wq v4 17y 1ii 17y vv 18f y7 189 vn 153 sg yr mz zj u4 171 wt 1eo 1be 12d vn 12c sg 11y 11y yo xx 15x vi qe nb y7 wl sg cn 189 p5 p5 11y vn 153 1be 134 wd 153 153 153',
  ],
  [
    0x400,
    '11y 11z 1d7 ut 14w 11y ft ft sg 1o5 1lh 1cl x5 14w 105 14w 11y 11c 11y ut 12j 11y 1gj yd 14w 14w x5 11c 1be 153 189 14w 11y 153 yr 105 179 11y 163 11x 1g5 1hc 191 1ed 11c 14w 1lh 153 vn wl u8 kr x7 vn 122 q3 vs vs ow x7 134 vf vn ut vn sg q2 sg 1at sg wl tn 19n 1at zk 14w tn t1 16o ut vn vn vn kr t1 sg cn ft cn 1fk 1a8 vn ow vs sg vf 244 zi 189 yv 1i1 14l 120 sg 1f2 13k 1b5 12z 1nx 1dc yd q3 19b 136 189 vn 19p zw 19p zw 1p4 1f0 1be yu 1vr 1cg 244 zi 153 sg sn 0 0 0 0 0 0 0 14w vs 11c tn 11y vn rt ne ut kr 125 v8 1gj 122 yd q3 x5 ow x5 ow x5 ow 167 uh 153 vf 1e1 10v 1so 1di 16u tn 153 sg yr q2 vn sg vn sg 11y sg 1gn 13b 11x tn 11x tn 11x vn 1d0 11w 1d0 11w ft 1gj 122 11z vc 11c x7 153 vf 153 vf 11x tn 1be 134 cn 11y vn 11y vn 1kw 1el 11y vn 16t vn 16t vn 1gj 122 yd q3 yd v0 14w vs 14w vs 189 vn 189 vn 189 vn 14w t1 105 sg 105 sg 105 sg 11x tn ut kr 1ed 14w ut kr 11y sg 11y sg',
  ],
  [
    0x2010,
    'iy 0 vn vn 1kw 1kw ni vf cn cn cn cn iy iy iy iy vn vn jx 0 0 0 1kw 0 0 0 0 0 0 0 0 be 1kw 0 ao k5 k5 0 0 0 0 iy iy 0 sg 0 iy 0 0 0 0 0 9i',
  ],
  [
    0x20a0,
    'vn 153 153 vn vn 1be 153 1q8 1u8 1hp 1cb t7 vn 11y yr 1kw tn 11y 189 11y vn 153 0 0 0 0 0 0 0 0 0 164',
  ],
  [0x2100, '0 0 0 0 0 1ed 0 0 0 0 0 0 0 0 0 0 0 0 0 ie 0 0 1p1 15x 0 0 0 0 0 0 0 0 0 0 1kw 0 0 0 17p'],
  [0x2190, '1kw sg 1kw sg 1kw sg'],
];
