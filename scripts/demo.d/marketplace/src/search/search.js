// [impl->TD-1]
export function search(studios, { city, word = "" }) {
  const wanted = word.toLowerCase();
  return studios
    .filter((studio) => studio.city === city)
    .filter((studio) => studio.name.toLowerCase().includes(wanted))
    .sort((a, b) => a.kilometres - b.kilometres);
}
