// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/problem.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringList>

namespace dorascope::app {
namespace {

ui::Problem make(const std::string& what, const std::string& remedy)
{
    ui::Problem problem{QString::fromStdString(what), QString::fromStdString(remedy), {}};
    // A sentence of its own here; a program's name stays as it is written.
    if (!problem.what.isEmpty() && !problem.what.startsWith(QLatin1String("dorascope")))
        problem.what[0] = problem.what[0].toUpper();
    // A command to be run stands at the end of its sentence and begins with sudo; it is offered for copying.
    static const QRegularExpression command(QStringLiteral("\\bsudo [^\\n]*?(?=[.;]?(\\s*$|\\n))"));
    if (const auto match = command.match(problem.remedy); match.hasMatch()) problem.command = match.captured(0);
    return problem;
}

} // namespace

ui::Problem problemOf(const host::HostError& error) { return make(error.problem, error.remedy); }
ui::Problem problemOf(const QString& file, const std::vector<host::FileError>& errors)
{
    const auto n = static_cast<int>(errors.size());
    QStringList lines;
    for (const auto& error : errors) {
        QString line;
        if (error.line > 0) line = QCoreApplication::translate("Problem", "Line %1: ").arg(error.line);
        if (!error.key.empty()) line += QString::fromStdString(error.key) + QStringLiteral(": ");
        line += QString::fromStdString(error.problem);
        if (!error.suggestion.empty()) line += QStringLiteral(" (") + QString::fromStdString(error.suggestion) + QLatin1Char(')');
        lines << line;
    }
    constexpr int kMostShown = 12; // more fill the window; the file is mended from the top
    if (n > kMostShown) {
        lines = lines.first(kMostShown);
        lines << QCoreApplication::translate("Problem", "and %1 more").arg(n - kMostShown);
    }
    const QString what = n == 1 ? QCoreApplication::translate("Problem", "%1 has an error and is not used.")
                                : QCoreApplication::translate("Problem", "%1 has %2 errors and is not used.");
    return {n == 1 ? what.arg(file) : what.arg(file).arg(n), lines.join(QLatin1Char('\n')), {}};
}

ui::Problem problemOf(const source::SourceError& error) { return make(error.problem, error.remedy); }

} // namespace dorascope::app
