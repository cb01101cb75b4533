using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Flows;

/// <summary>Reads a gateway's flows over its management API.</summary>
internal static class FlowFixture
{
    public const string Full = "flows: { mode: full }\n";

    /// <summary>The flows that fit, newest first.</summary>
    public static async Task<List<JsonNode>> ListAsync(HttpClient http, string query = "")
    {
        using var answer = await http.GetAsync(new Uri($"/api/v1/flows?limit=100&{query}", UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        return [.. JsonNode.Parse(text)!["flows"]!.AsArray().Select(flow => flow!)];
    }

    /// <summary>The one flow there is; a flow is recorded a moment after its client has the last byte.</summary>
    public static async Task<JsonNode> OnlyAsync(HttpClient http, string query = "") => (await CountAsync(http, 1, query))[0];

    public static async Task<List<JsonNode>> CountAsync(HttpClient http, int count, string query = "")
    {
        for (var tries = 0; ; tries++)
        {
            var flows = await ListAsync(http, query);
            if (flows.Count >= count || tries > 250)
            {
                flows.Count.ShouldBe(count, query);
                return flows;
            }

            await Task.Delay(20);
        }
    }

    /// <summary>The flow of an answer.</summary>
    public static async Task<JsonNode> OfAsync(HttpClient http, HttpResponseMessage answer)
    {
        var id = answer.Header("x-dragoman-flow")!;
        for (var tries = 0; ; tries++)
        {
            using var found = await http.GetAsync(new Uri($"/api/v1/flows/{id}", UriKind.Relative));
            if (found.IsSuccessStatusCode) return await found.JsonAsync();
            tries.ShouldBeLessThan(250, $"the flow {id} was not recorded");
            await Task.Delay(20);
        }
    }

    public static async Task<string> BodyAsync(HttpClient http, string id, string kind, int? attempt = null)
    {
        using var answer = await http.GetAsync(new Uri($"/api/v1/flows/{id}/bodies/{kind}{(attempt is null ? "" : $"?attempt={attempt}")}", UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        return text;
    }

    public static async Task<List<JsonNode>> BodiesAsync(HttpClient http, string id)
    {
        using var answer = await http.GetAsync(new Uri($"/api/v1/flows/{id}/bodies", UriKind.Relative));
        return [.. (await answer.JsonAsync())["bodies"]!.AsArray().Select(body => body!)];
    }

    public static async Task<(int Status, JsonNode? Json)> AskAsync(HttpClient http, HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}");
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public static string Text(this JsonNode? node, string name) => node?[name]?.GetValue<string>() ?? "";

    public static long Number(this JsonNode? node, string name) => node![name]!.GetValue<long>();
}
