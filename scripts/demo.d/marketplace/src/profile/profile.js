// [impl->TD-2]
export function profile(studio) {
  const sum = studio.ratings.reduce((total, rating) => total + rating, 0);
  const rating = studio.ratings.length === 0 ? null : sum / studio.ratings.length;
  return { name: studio.name, rate: studio.rate, rating };
}
