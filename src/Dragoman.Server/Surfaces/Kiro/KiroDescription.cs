using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Providers;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>What that system's framework serves by itself (wire note A.8): a description of the routes for programs, and a page of it for people.</summary>
/// <param name="routes">The routes.</param>
internal sealed class KiroDescription(IReadOnlyList<SurfaceRoute> routes)
{
    /// <summary>The description, in OpenAPI's form.</summary>
    public JsonObject OpenApi()
    {
        var paths = new JsonObject();
        foreach (var route in routes)
        {
            var path = PathOf(route);
            if (paths[path] is not JsonObject methods) paths[path] = methods = [];
            var operation = new JsonObject { ["summary"] = route.Summary, ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "The answer." } } };
            var parameters = ParametersOf(path);
            if (parameters.Count > 0) operation["parameters"] = new JsonArray([.. parameters.Select(static name => (JsonNode)new JsonObject { ["name"] = name, ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" } })]);
            methods[route.Method.ToLowerInvariant()] = operation;
        }

        return new JsonObject { ["openapi"] = "3.1.0", ["info"] = new JsonObject { ["title"] = "Dragoman, as a Kiro proxy", ["version"] = Product.Version }, ["paths"] = paths };
    }

    /// <summary>The same for people.</summary>
    public string Html()
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Routes</title>\n<h1>Routes</h1>\n<table>\n");
        foreach (var route in routes) page.Append("<tr><td>").Append(route.Method).Append("<td><code>").Append(WebUtility.HtmlEncode(PathOf(route))).Append("</code><td>").Append(WebUtility.HtmlEncode(route.Summary)).Append('\n');
        return page.Append("</table>\n").ToString();
    }

    private static string PathOf(SurfaceRoute route) => route.Pattern.Replace("{**", "{", StringComparison.Ordinal);

    private static List<string> ParametersOf(string path) => [.. path.Split('{').Skip(1).Select(static part => part.Split('}')[0])];
}
