/** What Vite makes of an import that ends in `?url`: the address of the file, as it is served. */
declare module '*?url' {
  const url: string;
  export default url;
}
