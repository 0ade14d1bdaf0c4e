// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/class_tests.h"

#include <algorithm>

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using Data = std::vector<std::byte>;

/// Octets of the same subject, from the same one on.
bool same_thing(const ClassTest& a, const ClassTest& b)
{
    return a.subject == b.subject && a.code == b.code && a.offset == b.offset && a.anywhere == b.anywhere;
}

/// Compares with something; else it is enough that its subject is there.
bool compares(const ClassTest& test) { return !test.data.empty(); }

/// No octets can agree with both.
bool differ(const ClassTest& a, const Data& of_a, const ClassTest& b, const Data& of_b)
{
    const auto common = std::min(of_a.size(), of_b.size());
    if (!std::equal(of_a.begin(), of_a.begin() + static_cast<std::ptrdiff_t>(common), of_b.begin())) return true;
    // One begins with the other: whole data has to be at least as long as a prefix.
    if (!a.prefix && !b.prefix) return of_a.size() != of_b.size();
    return (!a.prefix && of_a.size() < of_b.size()) || (!b.prefix && of_b.size() < of_a.size());
}

std::vector<const Data*> values_of(const ClassTest& test)
{
    std::vector<const Data*> values{&test.data};
    for (const auto& other : test.alternatives)
        values.push_back(&other);
    return values;
}

bool exclude_each_other(const ClassTest& a, const ClassTest& b)
{
    constexpr std::size_t kMostPairs = 4096; // a person's classes have a handful
    if (!same_thing(a, b) || a.anywhere || !compares(a) || !compares(b)) return false;
    if ((a.alternatives.size() + 1) * (b.alternatives.size() + 1) > kMostPairs) return false;
    const auto of_a = values_of(a), of_b = values_of(b);
    return std::ranges::all_of(of_a, [&](const Data* one) {
        return std::ranges::all_of(of_b, [&](const Data* other) { return differ(a, *one, b, *other); });
    });
}

} // namespace

bool can_be_there(const ClassTest& test)
{
    using Subject = ClassTest::Subject;
    std::size_t octets = test.data.size();
    for (const auto& other : test.alternatives)
        octets = std::max(octets, other.size());
    const std::size_t most = test.subject == Subject::hardware ? HardwareAddress::kMaxLength
        : test.subject == Subject::option                      ? 0xffff
                                                               : 255;
    return test.offset + octets <= most;
}

bool add_alternative(ClassTests& tests, ClassTests others)
{
    if (tests.size() != 1 || others.size() != 1) return false;
    auto& test = tests.front();
    auto& other = others.front();
    if (!same_thing(test, other) || test.prefix != other.prefix || !compares(test) || !compares(other)) return false;
    test.alternatives.push_back(std::move(other.data));
    std::ranges::move(other.alternatives, std::back_inserter(test.alternatives));
    return true;
}

bool exclude_each_other(const ClassTests& a, const ClassTests& b)
{
    constexpr std::size_t kMostTests = 16;
    if (a.size() > kMostTests || b.size() > kMostTests) return false;
    return std::ranges::any_of(a, [&](const ClassTest& one) {
        return std::ranges::any_of(b, [&](const ClassTest& other) { return exclude_each_other(one, other); });
    });
}

std::size_t size_of(const ClassTests& tests)
{
    std::size_t size = tests.size() * sizeof(ClassTest);
    for (const auto& test : tests) {
        size += test.data.size();
        for (const auto& other : test.alternatives)
            size += sizeof other + other.size();
    }
    return size;
}

} // namespace dorascope::interchange
