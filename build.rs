//! Tells the linker that Node-API symbols are resolved when Node loads the addon.

fn main() {
    #[cfg(feature = "node")]
    napi_build::setup();
}
