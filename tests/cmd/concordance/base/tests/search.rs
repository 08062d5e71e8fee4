// [verify->NT-1.1]
#[test]
fn finds() {}
