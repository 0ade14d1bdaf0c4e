// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/why_view.h"

#include "ui/theme/theme.h"

#include <QScrollBar>

namespace dorascope::ui {
namespace {

QString sized(double points) { return QStringLiteral("%1pt").arg(points, 0, 'f', 2); }

/// The RFC's page at the editor, with the section where there is one. Shown as a link's tool tip and opened on demand by the desktop.
QString linkOf(const QString& clause, QString& document)
{
    if (clause.startsWith(QLatin1String("RFC "))) document = clause.section(QLatin1Char(' '), 1, 1);
    const qsizetype mark = clause.indexOf(QChar(0x00a7));
    QString link = QStringLiteral("https://www.rfc-editor.org/rfc/rfc%1").arg(document);
    if (mark >= 0) link += QStringLiteral("#section-") + clause.mid(mark + 1).section(QLatin1Char(' '), 0, 0);
    return link;
}

} // namespace

WhyView::WhyView(QWidget* parent) : QTextBrowser(parent)
{
    setOpenExternalLinks(true);
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("Why"));
    setTabChangesFocus(true);
    document()->setDocumentMargin(0);
    connect(&Theme::current(), &Theme::changed, this, &WhyView::rebuild);
}

void WhyView::show(const models::Why& why)
{
    why_ = why;
    hint_.clear();
    rebuild();
    verticalScrollBar()->setValue(0);
}

void WhyView::showHint(const QString& hint)
{
    why_ = {};
    hint_ = hint;
    rebuild();
}

QString WhyView::html() const
{
    const Theme& theme = Theme::current();
    const double base = theme.textFont().pointSizeF() > 0 ? theme.textFont().pointSizeF() : 9.75;
    const QString muted = theme.color(Role::textMuted).name(), text = theme.color(Role::text).name();
    const QString accent = theme.color(Role::accent).name(), danger = theme.color(Role::danger).name();
    const QString small = sized(base * 0.9), title = sized(base * 0.93);
    QString out = QStringLiteral("<div style='color:%1;'>").arg(text);
    if (!hint_.isEmpty()) out += QStringLiteral("<p style='color:%1;'>%2</p>").arg(muted, hint_.toHtmlEscaped());
    if (!why_.preface.isEmpty())
        out += QStringLiteral("<p style='margin:0 0 10px 0; color:%1; font-size:%2; font-style:italic;'>%3</p>")
                   .arg(muted, small, why_.preface.toHtmlEscaped());
    for (const models::WhyStep& step : why_.steps) {
        const QString cross = step.rejected ? QStringLiteral("<span style='color:%1;'>\u2715 </span>").arg(danger) : QString();
        out += QStringLiteral("<p style='margin:0 0 9px 0;'><span style='font-weight:600; font-size:%1;'>%2%3</span><br/>"
                              "<span style='color:%4; font-size:%5;'>%6</span></p>")
                   .arg(title, cross, step.title.toHtmlEscaped(), muted, small, step.text.toHtmlEscaped());
    }
    QStringList clauses;
    QString document;
    for (const QString& clause : why_.clauses)
        clauses << QStringLiteral("<a style='color:%1; text-decoration:none;' href='%2'>%3</a>")
                       .arg(accent, linkOf(clause, document), clause.toHtmlEscaped());
    if (!clauses.isEmpty())
        out += QStringLiteral("<p style='margin:2px 0 4px 0; color:%1; font-size:%2;'>%3</p>")
                   .arg(accent, small, clauses.join(QStringLiteral(" \u00b7 ")));
    if (!why_.options.empty()) {
        if (!why_.steps.empty() || !clauses.isEmpty()) out += QStringLiteral("<hr/>");
        out += QStringLiteral("<p style='margin:6px 0 4px 0; font-weight:600; font-size:%1;'>%2</p><table width='100%' "
                              "cellspacing='0' cellpadding='0'>")
                   .arg(title, why_.optionsTitle.toHtmlEscaped());
        for (const models::OptionLine& line : why_.options) {
            out += QStringLiteral("<tr><td style='color:%1; font-size:%2; padding:2px 8px 2px 0;'>%3</td>"
                                  "<td align='right' style=\"font-family:'%4'; font-size:%2; padding:2px 0;\">%5</td></tr>")
                       .arg(muted, small, line.name.toHtmlEscaped(), theme.numberFont().family(), line.value.toHtmlEscaped());
        }
        out += QStringLiteral("</table>");
    }
    return out + QStringLiteral("</div>");
}

void WhyView::rebuild()
{
    document()->setDefaultFont(Theme::current().textFont());
    setHtml(html());
}

} // namespace dorascope::ui
