// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/json_tree.h"

#include "engine/interchange/text.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <nlohmann/json.hpp>

namespace dorascope::interchange {
namespace {

using Kind = JsonNode::Kind;
constexpr std::size_t kDeepest = 32;

/// Comments become blanks, so that lines stay what they are; and commas that part nothing, as Kea takes them.
std::string without_comments(std::string_view text)
{
    std::string out{text};
    bool quoted = false;
    std::size_t comma = std::string::npos; // nothing but blanks behind it yet
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (quoted) {
            if (out[i] == '\\')
                ++i;
            else if (out[i] == '"')
                quoted = false;
            continue;
        }
        if (out[i] == '"') quoted = true;
        if ((out[i] == ']' || out[i] == '}') && comma != std::string::npos) out[comma] = ' ';
        const bool to_line_end = out[i] == '#' || out.compare(i, 2, "//") == 0;
        const bool block = out.compare(i, 2, "/*") == 0;
        if (!to_line_end && !block) {
            if (out[i] == ',')
                comma = i;
            else if (std::string_view{" \t\r\n"}.find(out[i]) == std::string_view::npos)
                comma = std::string::npos;
            continue;
        }
        const auto found = to_line_end ? out.find('\n', i) : out.find("*/", i + 2);
        const auto end = found == std::string::npos ? out.size() : found + (block ? 2 : 0);
        for (; i < end; ++i)
            if (out[i] != '\n') out[i] = ' ';
        --i;
    }
    return out;
}

/// Counts the lines that the lexer has taken.
class Reading {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    Reading(const char* at, std::size_t* lines) : at_{at}, lines_{lines} { }
    reference operator*() const { return *at_; }
    Reading& operator++()
    {
        if (*at_++ == '\n') ++*lines_;
        return *this;
    }
    Reading operator++(int)
    {
        auto before = *this;
        ++*this;
        return before;
    }
    bool operator==(const Reading& other) const { return at_ == other.at_; }
    bool operator!=(const Reading& other) const { return at_ != other.at_; }

private:
    const char* at_;
    std::size_t* lines_;
};

/// nlohmann's events to our tree; false ends the parsing.
class Builder : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit Builder(const std::size_t& lines) : lines_{lines} { }

    JsonNode root;
    Problem problem;

    bool null() override { return add({}); }
    bool boolean(bool value) override
    {
        return add(make(Kind::boolean, [&](JsonNode& n) { n.boolean = value; }));
    }
    bool number_integer(number_integer_t value) override
    {
        return add(make(Kind::integer, [&](JsonNode& n) { n.integer = value; }));
    }
    bool number_unsigned(number_unsigned_t value) override
    {
        return add(make(Kind::integer, [&](JsonNode& n) {
            n.integer = static_cast<std::int64_t>(std::min<number_unsigned_t>(value, INT64_MAX));
        }));
    }
    bool number_float(number_float_t, const string_t& text) override
    {
        return add(make(Kind::real, [&](JsonNode& n) { n.text = text; }));
    }
    bool string(string_t& value) override
    {
        return add(make(Kind::text, [&](JsonNode& n) { n.text = value; }));
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Kind::object); }
    bool start_array(std::size_t) override { return open(Kind::list); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override
    {
        key_ = name;
        key_line_ = lines_;
        return true;
    }
    bool parse_error(std::size_t, const std::string& token, const nlohmann::detail::exception&) override
    {
        problem = {lines_, fmt::format("is not JSON at '{}'", shortened(token, 40)), "is it a configuration of kea-dhcp4?"};
        return false;
    }

private:
    template <class Fill> JsonNode make(Kind kind, Fill fill)
    {
        JsonNode node;
        node.kind = kind;
        fill(node);
        return node;
    }
    /// Where the next value goes. Members are found by index: vectors move as they grow.
    JsonNode* current()
    {
        JsonNode* node = &root;
        for (std::size_t i = 1; i < open_.size(); ++i)
            node = node->is(Kind::list) ? &node->items.back() : &node->members.back().node;
        return node;
    }
    bool add(JsonNode node)
    {
        node.line = lines_;
        if (open_.empty()) {
            root = std::move(node);
            return true;
        }
        auto* const parent = current();
        if (parent->is(Kind::list)) {
            parent->items.push_back(std::move(node));
        } else {
            node.line = key_line_;
            parent->members.push_back({std::move(key_), std::move(node)});
        }
        return true;
    }
    bool open(Kind kind)
    {
        if (open_.size() == kDeepest) {
            problem = {lines_, "is nested too deeply", "at most 32"};
            return false;
        }
        add(make(kind, [](JsonNode&) {}));
        open_.push_back(kind);
        return true;
    }
    bool close()
    {
        open_.pop_back();
        return true;
    }

    const std::size_t& lines_;
    std::vector<Kind> open_;
    std::string key_;
    std::size_t key_line_ = 0;
};

} // namespace

const JsonNode* JsonNode::member(std::string_view key) const
{
    const auto at = std::ranges::find(members, key, &JsonMember::key);
    return at == members.end() ? nullptr : &at->node;
}

std::string_view JsonNode::text_at(std::string_view key) const
{
    const auto* const node = member(key);
    return node != nullptr && node->is(Kind::text) ? std::string_view{node->text} : std::string_view{};
}

std::optional<std::int64_t> JsonNode::integer_at(std::string_view key) const
{
    const auto* const node = member(key);
    return node != nullptr && node->is(Kind::integer) ? std::optional{node->integer} : std::nullopt;
}

std::optional<bool> JsonNode::boolean_at(std::string_view key) const
{
    const auto* const node = member(key);
    return node != nullptr && node->is(Kind::boolean) ? std::optional{node->boolean} : std::nullopt;
}

const std::vector<JsonNode>& JsonNode::list_at(std::string_view key) const
{
    static const std::vector<JsonNode> kNone;
    const auto* const node = member(key);
    return node != nullptr ? node->items : kNone;
}

std::string JsonNode::brief() const
{
    switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return boolean ? "true" : "false";
    case Kind::integer: return std::to_string(integer);
    case Kind::real: return text;
    case Kind::text: return '"' + shortened(text, 60) + '"';
    case Kind::list: return "[ … ]";
    case Kind::object: break;
    }
    std::string out = "{";
    for (const auto& [key, node] : members) {
        out += (out.size() > 1 ? ", " : " ") + shortened(key, 40);
        if (out.size() > 100) break;
    }
    return out + " }";
}

tl::expected<JsonNode, Problem> parse_json(std::string_view text)
{
    const auto plain = without_comments(text);
    std::size_t lines = 1;
    Builder builder{lines};
    const Reading first{plain.data(), &lines}, last{plain.data() + plain.size(), &lines};
    if (!nlohmann::json::sax_parse(first, last, &builder)) return tl::unexpected{builder.problem};
    return std::move(builder.root);
}

} // namespace dorascope::interchange
