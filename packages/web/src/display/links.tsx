import {
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  NavLink,
  type NavLinkProps,
} from '@mantine/core';
import { createLink, type LinkComponent } from '@tanstack/react-router';
import { type ComponentPropsWithoutRef, forwardRef } from 'react';

type Bare<P> = Omit<P, 'href' | 'component' | 'renderRoot'>;

const AnchorBase = forwardRef<HTMLAnchorElement, Bare<AnchorProps> & ComponentPropsWithoutRef<'a'>>(
  function AnchorBase(props, ref) {
    return <Anchor ref={ref} {...props} />;
  },
);
const RoutedAnchor = createLink(AnchorBase);
/** A link within the dashboard. */
export const TextLink: LinkComponent<typeof AnchorBase> = (props) => <RoutedAnchor {...props} />;

const ButtonBase = forwardRef<
  HTMLAnchorElement,
  Bare<ButtonProps> & Omit<ComponentPropsWithoutRef<'a'>, 'color'>
>(function ButtonBase(props, ref) {
  return <Button ref={ref} component="a" {...props} />;
});
const RoutedButton = createLink(ButtonBase);
/** A link within the dashboard that looks like a button. */
export const ButtonLink: LinkComponent<typeof ButtonBase> = (props) => <RoutedButton {...props} />;

const NavBase = forwardRef<
  HTMLAnchorElement,
  Bare<NavLinkProps> & Omit<ComponentPropsWithoutRef<'a'>, 'color' | 'onChange'>
>(function NavBase(props, ref) {
  return <NavLink ref={ref} component="a" {...props} />;
});
const RoutedNav = createLink(NavBase);
/** An entry of the navigation. */
export const NavItem: LinkComponent<typeof NavBase> = (props) => <RoutedNav {...props} />;
