/** Cookies as a browser sends them. */
export function cookieText(cookies: readonly { readonly name: string; readonly value: string }[]): string {
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
}
