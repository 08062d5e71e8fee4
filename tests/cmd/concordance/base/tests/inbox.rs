// [verify->NT-1.2]
#[test]
fn writes() {}
