// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/message.h"
#include "tests/support/raw_message.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace dorascope::wire {
namespace {

using test::hex;
using Bytes = std::vector<std::byte>;

std::vector<int> codes(const Options& options)
{
    std::vector<int> all;
    for (std::size_t i = 0; i < options.size(); ++i)
        all.push_back(options.at(i).code);
    return all;
}

TEST(OptionsOf, TypedReadsNeedTheRightLength)
{
    Options options;
    options.set_u8(53, 1);
    options.set_u16(57, 1500);
    options.set_u32(51, 3600);
    options.set_address(54, {0xc0a80101});
    options.set_text(12, "printer");
    EXPECT_EQ(options.u8(53), 1);
    EXPECT_EQ(options.u16(57), 1500);
    EXPECT_EQ(options.u32(51), 3600U);
    EXPECT_EQ(options.address(54)->to_string(), "192.168.1.1");
    EXPECT_EQ(options.text(12), "printer");
    EXPECT_FALSE(options.u8(57));
    EXPECT_FALSE(options.u16(53));
    EXPECT_FALSE(options.u32(57));
    EXPECT_FALSE(options.address(99));
    EXPECT_FALSE(options.has(0));
    EXPECT_FALSE(options.has(255));
}

TEST(OptionsOf, TextLosesOneTrailingNul)
{
    Options options;
    options.set_text(12, std::string_view{"host\0", 5});
    EXPECT_EQ(options.text(12), "host");
    options.set_text(12, "");
    EXPECT_EQ(options.text(12), "");
}

TEST(OptionsOf, SetKeepsThePlaceWhateverTheLength)
{
    Options options;
    options.set_text(12, "a");
    options.set_text(15, "example.org");
    options.set_text(17, "/root");
    options.set_text(12, "a much longer name");
    options.set_text(15, "x");
    EXPECT_EQ(codes(options), (std::vector{12, 15, 17}));
    EXPECT_EQ(options.text(12), "a much longer name");
    EXPECT_EQ(options.text(15), "x");
    EXPECT_EQ(options.text(17), "/root");
    options.erase(15);
    EXPECT_EQ(codes(options), (std::vector{12, 17}));
    EXPECT_FALSE(options.has(15));
    EXPECT_EQ(options.text(17), "/root");
    options.erase(15);
    EXPECT_EQ(options.size(), 2U);
}

TEST(OptionsOf, AppendJoinsPieces)
{
    Options options;
    options.append(12, test::text("one"));
    options.append(15, test::text("two"));
    options.append(12, test::text("three"));
    EXPECT_EQ(options.text(12), "onethree");
    EXPECT_EQ(options.text(15), "two");
}

/// What Options promises, said as plainly as can be.
class PlainOptions {
public:
    void append(std::uint8_t code, const Bytes& data)
    {
        auto at = place(code);
        if (at == all_.end()) at = all_.insert(at, {code, {}});
        at->second.insert(at->second.end(), data.begin(), data.end());
    }
    void set(std::uint8_t code, const Bytes& data)
    {
        const auto at = place(code);
        at == all_.end() ? void(all_.emplace_back(code, data)) : void(at->second = data);
    }
    void erase(std::uint8_t code)
    {
        if (const auto at = place(code); at != all_.end()) all_.erase(at);
    }
    void expect_same(const Options& options) const
    {
        ASSERT_EQ(options.size(), all_.size());
        std::size_t octets = 0;
        bool pieces = false;
        for (std::size_t i = 0; i < all_.size(); ++i) {
            const auto& [code, data] = all_[i];
            EXPECT_EQ(options.at(i).code, code);
            EXPECT_TRUE(std::ranges::equal(options.at(i).data, data)) << "option " << int{code};
            ASSERT_TRUE(options.find(code));
            EXPECT_TRUE(std::ranges::equal(*options.find(code), data)) << "option " << int{code};
            octets += 2 + data.size();
            pieces = pieces || data.size() > 255;
        }
        for (int code = 0; code < 256; ++code)
            EXPECT_EQ(options.has(static_cast<std::uint8_t>(code)), has(static_cast<std::uint8_t>(code))) << code;
        ASSERT_EQ(options.run().has_value(), !pieces);
        if (pieces) return;
        Bytes run;
        for (const auto& [code, data] : all_) {
            run.push_back(std::byte{code});
            run.push_back(static_cast<std::byte>(data.size()));
            run.insert(run.end(), data.begin(), data.end());
        }
        EXPECT_TRUE(std::ranges::equal(*options.run(), run));
    }
    std::size_t size() const { return all_.size(); }
    std::uint8_t code(std::size_t i) const { return all_[i].first; }

private:
    std::vector<std::pair<std::uint8_t, Bytes>>::iterator place(std::uint8_t code)
    {
        return std::ranges::find(all_, code, &std::pair<std::uint8_t, Bytes>::first);
    }
    bool has(std::uint8_t code) const
    {
        return std::ranges::find(all_, code, &std::pair<std::uint8_t, Bytes>::first) != all_.end();
    }
    std::vector<std::pair<std::uint8_t, Bytes>> all_;
};

TEST(OptionsOf, ManyChangesInAnyOrderAreThoseOfAPlainList)
{
    for (unsigned seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random{seed};
        const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
        const unsigned codes = seed % 3 == 0 ? 256 : 12;
        Options options;
        PlainOptions plain;
        for (int step = 0; step < 300; ++step) {
            const auto code = static_cast<std::uint8_t>(below(codes));
            Bytes data(below(20) == 0 ? below(700) : below(9));
            for (auto& octet : data)
                octet = static_cast<std::byte>(below(256));
            switch (below(16)) {
            case 0: options.erase(code), plain.erase(code); break;
            case 1:
                // Of an option among themselves: what is handed in lies in what changes.
                if (plain.size() > 0) {
                    const std::uint8_t from = plain.code(below(static_cast<unsigned>(plain.size())));
                    const auto view = *options.find(from);
                    data.assign(view.begin(), view.end());
                    below(2) == 0 ? (options.set(code, view), plain.set(code, data))
                                  : (options.append(code, view), plain.append(code, data));
                }
                break;
            case 2:
                if (below(40) == 0) options.clear(), plain = {};
                break;
            case 3: options.append(code, data), plain.append(code, data); break;
            case 4: options.set_u32(code, 0x01020304), plain.set(code, hex("01020304")); break;
            case 5: options.set_u8(code, 9), plain.set(code, hex("09")); break;
            default: options.set(code, data), plain.set(code, data);
            }
            if (step % 10 == 0 || step > 290) plain.expect_same(options);
            if (testing::Test::HasFailure()) return;
        }
        Options other;
        for (std::size_t i = 0; i < options.size(); ++i)
            other.set(options.at(i).code, options.at(i).data);
        EXPECT_EQ(other, options);
        if (options.empty()) continue;
        other.erase(options.at(0).code);
        EXPECT_NE(other, options);
        other.append(options.at(0).code, options.at(0).data);
        EXPECT_EQ(other == options, options.size() == 1) << "the order counts";
    }
}

TEST(OptionsOf, WhatIsMovedFromHasNone)
{
    Message message;
    message.options.set_u8(option::message_type, 5);
    message.options.set(option::vendor_specific, Bytes(300));
    const Message same = message;
    Message other = std::move(message);
    EXPECT_EQ(other, same);
    EXPECT_TRUE(message.options.empty()); // NOLINT(bugprone-use-after-move): that is the question
    EXPECT_FALSE(message.options.has(option::message_type));
    Buffer out;
    emit(message, {}, out);
    EXPECT_EQ(out.size(), kBootpMinimum);
    message.options.set_u8(option::message_type, 1);
    message = std::move(other);
    EXPECT_EQ(message, same);
    EXPECT_TRUE(other.options.empty()); // NOLINT(bugprone-use-after-move)
    other.options.set_text(option::host_name, "again");
    EXPECT_EQ(other.options.text(option::host_name), "again");
}

TEST(OptionsOf, AnOptionMayBeCopiedFromTheSameOptions)
{
    Options options;
    options.set_text(12, "a name that does not fit any small buffer");
    options.set(15, *options.find(12)); // bytes may move while they are copied
    options.append(12, *options.find(15));
    EXPECT_EQ(options.text(15), "a name that does not fit any small buffer");
    EXPECT_EQ(options.text(12), "a name that does not fit any small buffera name that does not fit any small buffer");
}

TEST(OptionsOf, EqualityMindsOrderLengthsAndData)
{
    Options a, b;
    a.set_text(12, "ab");
    a.set_text(15, "c");
    b.set_text(12, "a");
    b.set_text(15, "bc");
    EXPECT_FALSE(a == b); // same bytes, other borders
    b.set_text(12, "ab");
    b.set_text(15, "c");
    EXPECT_TRUE(a == b);
}

TEST(OptionsOf, AgreeWithAPlainMapUnderRandomChanges)
{
    std::mt19937 random{2131};
    Options options;
    std::map<std::uint8_t, std::vector<std::byte>> model;
    for (int step = 0; step < 20000; ++step) {
        const auto code = static_cast<std::uint8_t>(1 + random() % 12);
        std::vector<std::byte> data(random() % 9);
        for (auto& b : data)
            b = static_cast<std::byte>(random());
        switch (random() % 4) {
        case 0:
            options.set(code, data);
            model[code] = data;
            break;
        case 1:
            options.append(code, data);
            model[code].insert(model[code].end(), data.begin(), data.end());
            break;
        case 2:
            options.erase(code);
            model.erase(code);
            break;
        default:
            if (random() % 50 == 0) {
                options.clear();
                model.clear();
            }
        }
        ASSERT_EQ(options.size(), model.size());
        for (const auto& [each, bytes] : model) {
            const auto found = options.find(each);
            ASSERT_TRUE(found);
            ASSERT_TRUE(std::equal(found->begin(), found->end(), bytes.begin(), bytes.end()));
        }
    }
}

} // namespace
} // namespace dorascope::wire
