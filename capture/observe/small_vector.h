// SPDX-License-Identifier: GPL-3.0-or-later
// A list of a few plain values in place, of more on the heap: most exchanges have four messages and one offer, and there may be millions
// of exchanges.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

namespace dorascope::observe {

template <class T, std::uint32_t n> class SmallVector {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    using value_type = T;
    using iterator = T*;
    using const_iterator = const T*;

    SmallVector() = default;
    SmallVector(std::initializer_list<T> values) { assign(values.begin(), values.end()); }
    SmallVector(const SmallVector& other) { assign(other.begin(), other.end()); }
    SmallVector(SmallVector&& other) noexcept { take(other); }
    SmallVector& operator=(const SmallVector& other)
    {
        if (this != &other) assign(other.begin(), other.end());
        return *this;
    }
    SmallVector& operator=(SmallVector&& other) noexcept
    {
        if (this != &other) take(other);
        return *this;
    }
    ~SmallVector() = default;

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T* data() { return many_ ? many_.get() : few_.data(); }
    const T* data() const { return many_ ? many_.get() : few_.data(); }
    T* begin() { return data(); }
    T* end() { return data() + size_; }
    const T* begin() const { return data(); }
    const T* end() const { return data() + size_; }
    auto rbegin() const { return std::make_reverse_iterator(end()); }
    auto rend() const { return std::make_reverse_iterator(begin()); }
    T& operator[](std::size_t i) { return data()[i]; }
    const T& operator[](std::size_t i) const { return data()[i]; }
    const T& front() const { return data()[0]; }
    const T& back() const { return data()[size_ - 1]; }

    void push_back(T value)
    {
        if (size_ == capacity_) reserve(std::size_t{capacity_} * 2);
        data()[size_++] = value;
    }
    void reserve(std::size_t capacity)
    {
        if (capacity <= capacity_) return;
        auto larger = std::make_unique_for_overwrite<T[]>(capacity);
        std::copy_n(data(), size_, larger.get());
        many_ = std::move(larger);
        capacity_ = static_cast<std::uint32_t>(capacity);
    }
    void clear() { size_ = 0; }
    friend bool operator==(const SmallVector& a, const SmallVector& b)
    {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    void assign(const T* first, const T* last)
    {
        size_ = 0;
        reserve(static_cast<std::size_t>(last - first));
        std::copy(first, last, data());
        size_ = static_cast<std::uint32_t>(last - first);
    }
    void take(SmallVector& other) noexcept
    {
        few_ = other.few_;
        many_ = std::move(other.many_);
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, n);
    }

    std::array<T, n> few_{};
    std::unique_ptr<T[]> many_;
    std::uint32_t size_ = 0, capacity_ = n;
};

} // namespace dorascope::observe
