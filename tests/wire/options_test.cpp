// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/message.h"
#include "tests/support/raw_message.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

namespace dorascope::wire {
namespace {

using test::hex;

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
