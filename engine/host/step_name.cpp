// SPDX-License-Identifier: GPL-3.0-or-later
// The names of StepCode as the compiler writes them: a reason that is added to the enumeration has its name here by itself.
#include "engine/host/control_protocol.h"

#include <array>
#include <utility>

namespace dorascope::host {
namespace {

/// The enumerator that ends "… [with StepCode Code = dorascope::StepCode::malformed; std::string_view = …]" (GCC) or "…Code =
/// dorascope::StepCode::malformed]" (clang).
template <StepCode Code> constexpr std::string_view written()
{
    constexpr std::string_view kMark = "StepCode::";
    const std::string_view text = __PRETTY_FUNCTION__;
    const auto begin = text.rfind(kMark) + kMark.size();
    return text.substr(begin, text.find_first_of(";]", begin) - begin);
}

template <std::size_t... Index> constexpr auto all(std::index_sequence<Index...>)
{
    return std::array{written<static_cast<StepCode>(Index)>()...};
}
constexpr auto kNames = all(std::make_index_sequence<static_cast<std::size_t>(StepCode::count_)>{});
static_assert(kNames.front() == "malformed"
              && kNames[static_cast<std::size_t>(StepCode::client_id_too_long)] == "client_id_too_long");

} // namespace

std::string_view name_of(StepCode code)
{
    const auto index = static_cast<std::size_t>(code);
    return index < kNames.size() ? kNames[index] : "unknown";
}

} // namespace dorascope::host
