/** The version of package.json; a test holds them equal. */
export const appVersion = '0.1.0';
