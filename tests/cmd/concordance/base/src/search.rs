// [impl->TD-1, NT-1.1]
pub fn search(city: &str) -> usize {
    city.len()
}
