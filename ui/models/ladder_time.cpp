// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ladder_time.h"

#include "ui/models/time_text.h"

#include <algorithm>
#include <numeric>

namespace dorascope::models {
namespace {

using namespace std::chrono_literals;

/// A silence so much longer than the usual step between messages is folded: else a DORA of 2 ms would be a line beside a minute's pause.
Duration foldThreshold(const std::vector<Duration>& steps)
{
    std::vector<Duration> positive;
    std::ranges::copy_if(steps, std::back_inserter(positive), [](Duration d) { return d > Duration::zero(); });
    if (positive.empty()) return Duration::max();
    const auto middle = positive.begin() + static_cast<std::ptrdiff_t>((positive.size() - 1) / 2);
    std::ranges::nth_element(positive, middle);
    return std::max<Duration>(*middle > Duration::max() / 12 ? Duration::max() : *middle * 12, 1ms);
}

/// As many digits as tell two marks apart: "0.6 ms", "928.4 ms", "4.001 s", "2:05.120".
QString markText(Duration at, Duration span)
{
    const double ms = static_cast<double>(at.count()) / 1e6;
    if (at < 1s) return QStringLiteral("%1 ms").arg(ms, 0, 'f', span < 1ms ? 2 : 1);
    if (at < 60s) return QStringLiteral("%1 s").arg(ms / 1e3, 0, 'f', 3);
    const auto whole = std::chrono::floor<std::chrono::seconds>(at);
    const auto rest = std::chrono::floor<std::chrono::milliseconds>(at - whole).count();
    return QStringLiteral("%1:%2.%3")
        .arg(whole.count() / 60)
        .arg(whole.count() % 60, 2, 10, QLatin1Char('0'))
        .arg(rest, 3, 10, QLatin1Char('0'));
}

/// Equal distances within each run between two folds, so that the grid is calm; a run begins with a mark. Repetitions are left out.
std::vector<LadderMark> makeMarks(std::span<const Instant> instants, const std::vector<double>& y,
                                  const std::vector<bool>& folded, double step)
{
    std::vector<LadderMark> marks;
    const Duration span = instants.back() - instants.front();
    const auto mark = [&](double at, Duration since) {
        QString text = markText(since, span);
        if (marks.empty() || marks.back().text != text) marks.push_back({at, std::move(text)});
    };
    double next = y.front();
    for (std::size_t i = 0; i < y.size(); ++i) {
        const Duration since = instants[i] - instants.front();
        if (i > 0 && folded[i - 1]) next = y[i];
        if (i + 1 == y.size() || folded[i]) {
            if (next <= y[i] + 0.5) mark(next, since);
            continue;
        }
        const Duration width = instants[i + 1] - instants[i];
        for (; next < y[i + 1]; next += step) {
            const double part = (next - y[i]) / (y[i + 1] - y[i]);
            mark(next, since + Duration{static_cast<Duration::rep>(static_cast<double>(width.count()) * part)});
        }
    }
    return marks;
}

} // namespace

LadderTime layOutTime(std::span<const Instant> instants, const LadderRequest& request)
{
    LadderTime result;
    result.bottom = request.top;
    if (instants.empty()) return result;

    std::vector<Duration> steps;
    for (std::size_t i = 1; i < instants.size(); ++i)
        steps.push_back(std::max(instants[i] - instants[i - 1], Duration::zero()));
    const Duration threshold = foldThreshold(steps);
    std::vector<bool> folded;
    std::vector<double> weights;
    double needed = 0;
    for (const Duration step : steps) {
        folded.push_back(step > threshold);
        weights.push_back(folded.back() ? 0 : static_cast<double>(step.count()));
        needed += folded.back() ? 2.5 * request.rowHeight : request.rowHeight;
    }
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    const double margin = request.rowHeight;
    const double room = request.height * request.zoom - request.top - 2 * margin;
    const double spare = std::max(0.0, room - needed);

    double y = request.top + margin / 2;
    result.y.push_back(y);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const double fixed = folded[i] ? 2.5 * request.rowHeight : request.rowHeight;
        const double step = fixed + (total > 0 ? spare * weights[i] / total : 0);
        if (folded[i]) result.gaps.push_back({y + step / 2 + request.rowHeight / 4, request.rowHeight, durationText(steps[i])});
        y += step;
        result.y.push_back(y);
    }
    result.bottom = y + 1.5 * margin;
    result.marks = makeMarks(instants, result.y, folded, 3 * request.rowHeight);
    return result;
}

} // namespace dorascope::models
