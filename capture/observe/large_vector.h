// SPDX-License-Identifier: GPL-3.0-or-later
// Vectors that may hold a million records. Filling fresh memory a page at a time costs as much as the fold itself, so that from some
// megabytes on the system is asked for large pages, where it knows how. Only a hint: nothing depends on it.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#ifdef __linux__
#    include <sys/mman.h>
#endif

namespace dorascope::observe {

template <class T> struct LargeAllocator {
    using value_type = T;
    static constexpr std::size_t kPage = std::size_t{2} << 20, kLeast = 2 * kPage;

    LargeAllocator() = default;
    template <class U> LargeAllocator(const LargeAllocator<U>&) noexcept { } // NOLINT: converting, as the standard asks

    T* allocate(std::size_t n)
    {
        if (n > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length{};
        const std::size_t size = n * sizeof(T);
        if (size < kLeast) return static_cast<T*>(::operator new(size));
        const std::size_t rounded = (size + kPage - 1) / kPage * kPage;
        void* const memory = std::aligned_alloc(kPage, rounded);
        if (memory == nullptr) throw std::bad_alloc{};
#ifdef MADV_HUGEPAGE
        madvise(memory, rounded, MADV_HUGEPAGE);
#endif
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t n) noexcept
    {
        if (n * sizeof(T) < kLeast) {
            ::operator delete(memory);
        } else {
            std::free(memory);
        }
    }
    template <class U> bool operator==(const LargeAllocator<U>&) const { return true; }
};

template <class T> using LargeVector = std::vector<T, LargeAllocator<T>>;

/// Before adding one: a large vector that is full grows sixteenfold. Room that is not touched takes no memory, while being moved takes it
/// twice. Where the system will not promise so much, the vector grows as others do.
template <class T> void make_room(LargeVector<T>& vector)
{
    const std::size_t size = vector.size();
    if (size != vector.capacity() || size * sizeof(T) < LargeAllocator<T>::kLeast) return;
    try {
        vector.reserve(16 * size);
    } catch (const std::bad_alloc&) { // NOLINT: asked for room, not for need
    }
}

} // namespace dorascope::observe
