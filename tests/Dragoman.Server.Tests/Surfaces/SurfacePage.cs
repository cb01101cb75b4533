using System.Text;
using Dragoman.Gateway.Requests;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Tests.Surfaces;

/// <summary>Writes <c>docs/reference/surfaces.md</c> of the routes that are mapped.</summary>
internal static class SurfacePage
{
    public static string Write(IReadOnlyDictionary<Surface, string> titles, IEnumerable<SurfaceRoute> routes, IReadOnlySet<SurfaceRoute> shared)
    {
        var page = new StringBuilder("""
            # The routes of the surfaces

            A listener with a `surface` serves the clients' API and the routes of that system (configuration: `listeners`). Routes marked **+** are served on the gateway's own listeners too, because no other surface has
            one at the same address. "Management" routes are for who may manage the gateway: programs on its machine, others with the management secret. "Management secret" routes ask for it on that machine too. This page is made from the mapped routes:
            `DRAGOMAN_WRITE_DOCS=1 ./test`.


            """.ReplaceLineEndings("\n"));
        foreach (var group in routes.GroupBy(route => route.Surface).OrderBy(group => group.Key))
        {
            page.Append($"## `{group.Key.ToString().ToLowerInvariant()}`: {titles[group.Key]}\n\n| | Route | Who | What |\n|---|---|---|---|\n");
            // A route that takes several methods is one line.
            foreach (var line in group.GroupBy(route => (route.Pattern, route.Summary, Who: Who(route), Mark: shared.Contains(route) ? "+" : "")))
                page.Append($"| {line.Key.Mark} | `{Methods(line)} {line.Key.Pattern}` | {line.Key.Who} | {line.Key.Summary} |\n");
            page.Append('\n');
        }

        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static string Methods(IEnumerable<SurfaceRoute> routes) => routes.Select(route => route.Method).ToList() is { Count: < 6 } methods ? string.Join(", ", methods) : "ANY";

    private static string Who(SurfaceRoute route) => route.Access switch
    {
        SurfaceAccess.Management when route.AlwaysAsksSecret => "management secret",
        SurfaceAccess.Management => route.SecretQuery is { } query ? $"management (also `?{query}=`)" : "management",
        _ => "everyone",
    };
}
