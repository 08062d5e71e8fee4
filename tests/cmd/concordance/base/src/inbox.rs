// [impl->TD-2]
pub fn inbox() {}
