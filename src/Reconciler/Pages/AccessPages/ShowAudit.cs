using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Reconciler.Access.Audit;
using Reconciler.Hosting;
using Reconciler.Pages.Reading;

namespace Reconciler.Pages.AccessPages;

/// <summary>The audit log as a page, and whole as a file.</summary>
internal static class ShowAudit
{
    internal static IResult Show() => new RazorComponentResult<AuditPage>();

    internal static IResult Export(HttpContext context, NpgsqlDataSource database)
    {
        var query = new AuditQuery(PageQuery.Of(context.Request, "cursor", "limit").Values);
        return query.Problems.Count > 0 ? Problem.Invalid(query.Problems) : new AuditRoutes.Table(query, database);
    }
}
