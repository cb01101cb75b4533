using System.Text.Json.Nodes;
using Dragoman.Gateway.Requests;
using Dragoman.Management;
using Dragoman.Server.Listeners;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Routing;

namespace Dragoman.Server.Tests.Management;

/// <summary>The document of the management API tells the truth about the running server.</summary>
public sealed class OpenApiTests
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch", "head"];

    /// <summary>What some routes need to answer 200.</summary>
    private static readonly Dictionary<string, string> Asked = new()
    {
        ["/api/v1/explain"] = "?model=claude-1",
        ["/api/v1/audit"] = "?limit=2",
    };

    [Fact]
    public async Task Every_route_is_described_and_every_description_is_a_route()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var described = Operations(await DocumentAsync(rig)).Select(operation => $"{operation.Method} {operation.Path}");
        var mapped = rig.Gateway.Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal) && !route.RoutePattern.RawText.EndsWith("openapi.json", StringComparison.Ordinal))
            .Where(route => route.Metadata.GetMetadata<RouteSurfaces>()!.Surfaces.Contains(Surface.Dragoman))
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method.ToLowerInvariant()} {Plain(route)}"));
        described.Order().ShouldBe(mapped.Order());
    }

    [Fact]
    public async Task Every_operation_says_what_it_is_and_what_it_answers()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var document = await DocumentAsync(rig);
        document["openapi"]!.GetValue<string>().ShouldStartWith("3.1");
        var names = new HashSet<string>();
        var faults = new List<string>();
        foreach (var (method, path, operation) in Operations(document))
        {
            var at = $"{method} {path}";
            if (operation["operationId"]?.GetValue<string>() is not { } name || !names.Add(name)) faults.Add($"{at}: no operationId of its own");
            if (operation["summary"] is null) faults.Add($"{at}: no summary");
            if (operation["tags"]?.AsArray().Count is not 1) faults.Add($"{at}: not one tag");
            var answers = operation["responses"]!.AsObject();
            if (!answers.Any(answer => answer.Key[0] == '2')) faults.Add($"{at}: no good answer");
            foreach (var (status, answer) in answers)
            {
                if (status is "204" or "202" or "304") continue;
                if (answer!["content"]?.AsObject().Count is null or 0) faults.Add($"{at}: {status} has no content");
                if (status[0] != '2' && answer["content"]?["application/json"]?["schema"]?["$ref"]?.GetValue<string>() is { } reference && !reference.EndsWith("FaultBody", StringComparison.Ordinal)) faults.Add($"{at}: {status} is no FaultBody");
            }

            foreach (var status in (string[])["400", "401", "403"])
                if (!answers.ContainsKey(status)) faults.Add($"{at}: {status} is not told");
            if (path.Contains('{', StringComparison.Ordinal) && !answers.ContainsKey("404")) faults.Add($"{at}: 404 is not told");
        }

        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_document_is_valid_OpenAPI()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var answer = await rig.GetAsync("/api/v1/openapi.json");
        var read = Microsoft.OpenApi.OpenApiDocument.Parse(await answer.TextAsync(), "json");
        read.Diagnostic.ShouldNotBeNull();
        read.Diagnostic.Errors.Select(error => error.ToString()).ShouldBeEmpty();
        read.Diagnostic.SpecificationVersion.ShouldBe(Microsoft.OpenApi.OpenApiSpecVersion.OpenApi3_1);
        read.Document!.Components!.SecuritySchemes.ShouldNotBeNull().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Whatever_can_be_asked_without_knowing_an_id_answers_as_its_schema_says()
    {
        await using var rig = await GatewayFixture.StartAsync();
        await rig.Gateway.Audit.RecordAsync(Actor.Gateway, "test.done", "t", "done");
        var document = await DocumentAsync(rig);
        var check = new SchemaCheck(document);
        foreach (var (_, path, operation) in Operations(document).Where(operation => operation.Method == "get" && !operation.Path.Contains('{', StringComparison.Ordinal)))
        {
            var content = operation["responses"]!["200"]?["content"]?["application/json"];
            if (content is null) continue;
            using var answer = await rig.GetAsync(path + Asked.GetValueOrDefault(path, ""));
            var text = await answer.TextAsync();
            var status = ((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
            check.Check(operation["responses"]![status]?["content"]?["application/json"]?["schema"], JsonNode.Parse(text), $"{path} {status}");
            if (operation["responses"]![status] is null) check.Faults.Add($"{path} answered {status}, which the document does not know: {text}");
        }

        check.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Faults_answer_as_their_schema_says()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var document = await DocumentAsync(rig);
        var check = new SchemaCheck(document);
        (string Path, (string, string)[] Headers)[] calls =
            [("explain", []), ("audit?limit=0", []), ("audit?limit=x", []), ("version", [("Origin", "https://app.example")]), ("nothing-here", [])];
        foreach (var (path, headers) in calls)
        {
            using var answer = await rig.GetAsync($"/api/v1/{path}", headers);
            answer.IsSuccessStatusCode.ShouldBeFalse(path);
            check.Check(document["components"]!["schemas"]!["FaultBody"], JsonNode.Parse(await answer.TextAsync()), path);
        }

        check.Faults.ShouldBeEmpty();
    }

    internal static async Task<JsonNode> DocumentAsync(GatewayFixture rig)
    {
        using var answer = await rig.GetAsync("/api/v1/openapi.json");
        ((int)answer.StatusCode).ShouldBe(200);
        return await answer.JsonAsync();
    }

    private static IEnumerable<(string Method, string Path, JsonNode Operation)> Operations(JsonNode document)
        => document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Where(entry => Methods.Contains(entry.Key)).Select(entry => (entry.Key, path.Key, entry.Value!)));

    /// <summary>The route as the document writes it: without constraints.</summary>
    private static string Plain(RouteEndpoint route)
        => "/" + string.Join('/', route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            _ => "",
        }))));
}
