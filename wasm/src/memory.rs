//! Memory that the host owns while it passes bytes in or reads a table out.

use alloc::alloc::{alloc as allocate, dealloc, Layout};

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// Enough for every table the host views as a typed array (u64 and f64 columns).
const ALIGN: usize = 8;

/// Room for `len` bytes, 8-byte aligned; null when there is no memory left. The host frees it with the same `len`.
#[cfg_attr(target_arch = "wasm32", no_mangle)]
pub extern "C" fn alloc(len: usize) -> *mut u8 {
    match Layout::from_size_align(len.max(1), ALIGN) {
        Ok(layout) => unsafe { allocate(layout) },
        Err(_) => core::ptr::null_mut(),
    }
}

/// Returns what [`alloc`] gave.
///
/// # Safety
/// `ptr` came from [`alloc`] with this `len` and is not used again.
// On the host the name would replace libc's.
#[cfg_attr(target_arch = "wasm32", no_mangle)]
pub unsafe extern "C" fn free(ptr: *mut u8, len: usize) {
    if ptr.is_null() {
        return;
    }
    if let Ok(layout) = Layout::from_size_align(len.max(1), ALIGN) {
        dealloc(ptr, layout);
    }
}
