using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Http;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Api.Shared;

/// <summary>The lists of models, in the shape that each client reads.</summary>
public sealed class ModelListTests : IAsyncLifetime
{
    private static readonly (string, string) Anthropic = ("anthropic-version", "2023-06-01");
    private GatewayFixture _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await GatewayFixture.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task OpenAi_clients_get_their_shape()
    {
        using var answer = await _rig.GetAsync("/v1/models");
        var json = await answer.JsonAsync();
        json["object"]!.GetValue<string>().ShouldBe("list");
        Ids(json["data"], "id").ShouldBe(["chat-1", "resp-1", "claude-1", "gemini-1", "nova-1"], ignoreOrder: true);
        var one = json["data"]!.AsArray().Single(model => model!["id"]!.GetValue<string>() == "claude-1")!;
        one["object"]!.GetValue<string>().ShouldBe("model");
        one["created"]!.GetValue<long>().ShouldBeGreaterThan(0);
        one["owned_by"]!.GetValue<string>().ShouldNotBeEmpty();
        one["context_window"]!.GetValue<long>().ShouldBeGreaterThan(100_000);
        one["max_output_tokens"]!.GetValue<long>().ShouldBeGreaterThan(1000);
        one["capabilities"]!["tools"]!.GetValue<bool>().ShouldBeTrue();

        using var single = await _rig.GetAsync("/v1/models/claude-1");
        JsonNode.DeepEquals(await single.JsonAsync(), one).ShouldBeTrue();
        using var codex = await _rig.GetAsync("/v1/models?client_version=0.98.0");
        (await codex.JsonAsync())["models"].ShouldBeOfType<JsonArray>();
    }

    [Theory]
    [InlineData("anthropic-version", "2023-06-01")]
    [InlineData("User-Agent", "claude-cli/2.1.0 (external, cli)")]
    [Trait("check", "cliproxy 12")]
    public async Task Anthropic_clients_get_theirs_and_every_id_begins_as_their_picker_demands(string header, string value)
    {
        using var answer = await _rig.GetAsync("/v1/models?limit=1000", (header, value));
        var json = await answer.JsonAsync();
        var ids = Ids(json["data"], "id");
        ids.ShouldBe(["anthropic/chat-1", "anthropic/resp-1", "claude-1", "anthropic/gemini-1", "anthropic/nova-1"], ignoreOrder: true);
        json["has_more"]!.GetValue<bool>().ShouldBeFalse();
        json["first_id"]!.GetValue<string>().ShouldBe(ids[0]);
        json["last_id"]!.GetValue<string>().ShouldBe(ids[^1]);
        json["data"]![0]!["type"]!.GetValue<string>().ShouldBe("model");
        json["data"]![0]!["display_name"]!.GetValue<string>().ShouldNotBeEmpty();
        DateTimeOffset.TryParse(json["data"]![0]!["created_at"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture, out _).ShouldBeTrue();
        foreach (var id in ids)
        {
            using var asked = await _rig.PostAsync("/v1/messages", Talk.Messages(id, "say:picked"));
            (await asked.TextAsync()).ShouldContain("picked", customMessage: id);
            using var single = await _rig.GetAsync("/v1/models/" + id, (header, value));
            (await single.JsonAsync())["id"]!.GetValue<string>().ShouldBe(id);
        }
    }

    [Fact]
    public async Task Every_model_has_a_date_and_keeps_it()
    {
        await using var rig = await GatewayFixture.StartWithAsync(address => $$"""
            openai-compatibility:
              - name: own
                base-url: {{address}}/v1
                api-key-entries: [ { api-key: k } ]
                models: [ our-own, our-own-20250929, our-own-2025-08-07, gpt-6.2-sol, model-2099, "llama-20999999", { name: x, alias: gemini-4-neon } ]

            """);
        var first = await DatesAsync(rig);
        first.Values.ShouldAllBe(date => date > 1_600_000_000);
        first["our-own-20250929"].ShouldBe(new DateTimeOffset(2025, 9, 29, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());
        first["our-own-2025-08-07"].ShouldBe(new DateTimeOffset(2025, 8, 7, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());
        first["gpt-6.2-sol"].ShouldBeGreaterThan(1_780_000_000);
        first["our-own"].ShouldBe(first["model-2099"]);
        (await DatesAsync(rig)).ShouldBe(first);
        using var anthropic = await rig.GetAsync("/v1/models?limit=100", Anthropic);
        foreach (var model in (await anthropic.JsonAsync())["data"]!.AsArray())
        {
            var id = model!["id"]!.GetValue<string>();
            var date = DateTimeOffset.Parse(model["created_at"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
            date.ShouldBe(first[id["anthropic/".Length..]], id);
        }
    }

    [Fact]
    public async Task A_list_of_the_owners_is_in_force_from_the_start_and_its_state_in_the_health()
    {
        var file = Path.Combine(Path.GetTempPath(), $"dragoman-models-{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, """{"models": [{"id": "house-1", "context": 123456, "output": 4321, "inputs": ["text", "audio"], "retires": "2027-05-01"}], "prices": [{"model": "house-1", "input": 1, "output": 2}]}""");
        try
        {
            await using var rig = await GatewayFixture.StartWithAsync(address => $$"""
                models: { catalog: { file: "{{file}}" } }
                openai-compatibility:
                  - { name: own, base-url: "{{address}}/v1", api-key-entries: [ { api-key: k } ], models: [ house-1 ] }

                """);
            using var answer = await rig.GetAsync("/v1/models/house-1");
            var model = await answer.JsonAsync();
            model["context_window"]!.GetValue<int>().ShouldBe(123_456);
            model["architecture"]!["input_modalities"]!.AsArray().Select(word => word!.GetValue<string>()).ShouldBe(["text", "audio"]);
            model["shutdown_date"]!.GetValue<string>().ShouldBe("2027-05-01");
            using var health = await rig.GetAsync("/api/v1/health");
            var part = (await health.JsonAsync())["parts"]!["catalog"]!;
            part["state"]!.GetValue<string>().ShouldBe("ok");
            part.ToJsonString().ShouldContain("\"prices\":1");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<Dictionary<string, long>> DatesAsync(GatewayFixture rig)
    {
        using var answer = await rig.GetAsync("/v1/models");
        return (await answer.JsonAsync())["data"]!.AsArray().ToDictionary(model => model!["id"]!.GetValue<string>(), model => model!["created"]!.GetValue<long>());
    }

    [Fact]
    public async Task Anthropics_pages_lead_forth_and_back()
    {
        var seen = new List<string>();
        string? after = null;
        while (true)
        {
            using var answer = await _rig.GetAsync($"/v1/models?limit=2{(after is null ? "" : "&after_id=" + Uri.EscapeDataString(after))}", Anthropic);
            var json = await answer.JsonAsync();
            seen.AddRange(Ids(json["data"], "id"));
            after = json["last_id"]!.GetValue<string>();
            if (!json["has_more"]!.GetValue<bool>()) break;
        }

        seen.Count.ShouldBe(5);
        seen.Distinct().Count().ShouldBe(5);
        using var back = await _rig.GetAsync($"/v1/models?limit=2&before_id={Uri.EscapeDataString(seen[3])}", Anthropic);
        var before = await back.JsonAsync();
        Ids(before["data"], "id").ShouldBe(seen[1..3]);
        before["has_more"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    [Trait("check", "cliproxy 15")]
    public async Task Gemini_clients_get_theirs_in_pages_when_they_want()
    {
        using var all = await _rig.GetAsync("/v1beta/models");
        var models = (await all.JsonAsync())["models"]!.AsArray();
        Ids(models, "name").ShouldAllBe(name => name.StartsWith("models/", StringComparison.Ordinal));
        models.Count.ShouldBe(5);
        models[0]!["supportedGenerationMethods"]!.AsArray().Count.ShouldBeGreaterThan(1);

        using var first = await _rig.GetAsync("/v1beta/models?pageSize=3");
        var page = await first.JsonAsync();
        page["models"]!.AsArray().Count.ShouldBe(3);
        using var second = await _rig.GetAsync("/v1beta/models?pageSize=3&pageToken=" + page["nextPageToken"]!.GetValue<string>());
        var rest = await second.JsonAsync();
        rest["models"]!.AsArray().Count.ShouldBe(2);
        rest["nextPageToken"].ShouldBeNull();

        using var single = await _rig.GetAsync("/v1beta/models/gemini-1");
        var one = await single.JsonAsync();
        one["name"]!.GetValue<string>().ShouldBe("models/gemini-1");
        one["inputTokenLimit"]!.GetValue<long>().ShouldBeGreaterThan(1000);
    }

    [Fact]
    public async Task An_unknown_model_is_a_404_in_each_shape()
    {
        using var openAi = await _rig.GetAsync("/v1/models/nothing");
        ((int)openAi.StatusCode).ShouldBe(404);
        (await BodyTests.ErrorAsync(openAi, "openai")).Code.ShouldBe("model_not_found");
        using var anthropic = await _rig.GetAsync("/v1/models/nothing", Anthropic);
        ((int)anthropic.StatusCode).ShouldBe(404);
        (await BodyTests.ErrorAsync(anthropic, "anthropic")).Type.ShouldBe("not_found_error");
        using var gemini = await _rig.GetAsync("/v1beta/models/nothing");
        ((int)gemini.StatusCode).ShouldBe(404);
        (await BodyTests.ErrorAsync(gemini, "gemini")).Type.ShouldBe("NOT_FOUND");
    }

    private static List<string> Ids(JsonNode? list, string name) => [.. list!.AsArray().Select(model => model![name]!.GetValue<string>())];
}
