using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Http;

/// <summary>What may stand in a request's body and address, and what is said of what may not.</summary>
public sealed class BodyTests : IAsyncLifetime
{
    private GatewayFixture _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await GatewayFixture.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    public static TheoryData<string, string> Doors => new()
    {
        { "/v1/chat/completions", "openai" },
        { "/v1/completions", "openai" },
        { "/v1/responses", "openai" },
        { "/v1/messages", "anthropic" },
        { "/v1beta/models/chat-1:generateContent", "gemini" },
    };

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("identity")]
    [InlineData("GZIP")]
    public async Task Compressed_bodies_are_read(string encoding)
    {
        var body = Compress(Encoding.UTF8.GetBytes(Talk.Messages("chat-1", "say:squeezed")), encoding);
        using var answer = await _rig.SendAsync(HttpMethod.Post, "/v1/messages", Talk.Encoded(body, encoding));
        ((int)answer.StatusCode).ShouldBe(200);
        (await answer.TextAsync()).ShouldContain("squeezed");
    }

    [Fact]
    public async Task Zstd_bodies_are_read()
    {
        var body = ZstdRaw(Encoding.UTF8.GetBytes(Talk.Messages("chat-1", "say:squeezed")));
        using var answer = await _rig.SendAsync(HttpMethod.Post, "/v1/messages", Talk.Encoded(body, "zstd"));
        (await answer.TextAsync()).ShouldContain("squeezed");
        using var torn = await _rig.SendAsync(HttpMethod.Post, "/v1/messages", Talk.Encoded(body[..^4], "zstd"));
        ((int)torn.StatusCode).ShouldBe(400);
        // A frame that asks for a window of a gigabyte (RFC 8878, 3.1.1.1.2: descriptor without single segment, exponent 20) is not given the memory.
        byte[] greedy = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA0, 0x09, 0x00, 0x00, (byte)'{'];
        using var refused = await _rig.SendAsync(HttpMethod.Post, "/v1/messages", Talk.Encoded(greedy, "zstd"));
        ((int)refused.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task A_body_that_is_not_what_its_encoding_says_is_refused()
    {
        foreach (var encoding in (string[])["gzip", "br", "deflate", "zstd"])
        {
            using var answer = await _rig.SendAsync(HttpMethod.Post, "/v1/messages", Talk.Encoded("{\"model\":1}"u8.ToArray(), encoding));
            ((int)answer.StatusCode).ShouldBe(400, encoding);
            (await answer.JsonAsync())["error"]!["message"]!.GetValue<string>().ShouldContain(encoding);
        }

        using var unknown = await _rig.SendAsync(HttpMethod.Post, "/v1/messages", Talk.Encoded("{}"u8.ToArray(), "compress"));
        ((int)unknown.StatusCode).ShouldBe(415);
    }

    [Fact]
    public async Task Twenty_five_megabytes_are_accepted()
    {
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. new byte[3_500_000]];
        var picture = "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"" + Convert.ToBase64String(png) + "\"}},";
        var body = "{\"model\":\"chat-1\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":[" + string.Concat(Enumerable.Repeat(picture, 6)) + "{\"type\":\"text\",\"text\":\"say:large\"}]}]}";
        body.Length.ShouldBeGreaterThan(25_000_000);
        using var answer = await _rig.PostAsync("/v1/messages", body);
        (await answer.TextAsync()).ShouldContain("large");
        ((int)answer.StatusCode).ShouldBe(200);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_body_over_the_limit_is_a_413_in_the_callers_language(string path, string envelope)
    {
        var large = new string('x', 33 * 1024 * 1024);
        using var answer = await _rig.PostAsync(path, $$"""{"model":"chat-1","x":"{{large}}"}""");
        ((int)answer.StatusCode).ShouldBe(413);
        var error = await ErrorAsync(answer, envelope);
        error.Message.ShouldContain("32 MB");
        if (envelope == "anthropic") error.Type.ShouldBe("request_too_large");
    }

    [Fact]
    public async Task A_bomb_is_stopped_at_the_limit()
    {
        var body = Compress(new byte[64 * 1024 * 1024], "gzip");
        using var answer = await _rig.SendAsync(HttpMethod.Post, "/v1/messages", Talk.Encoded(body, "gzip"));
        ((int)answer.StatusCode).ShouldBe(413);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Bad_json_is_refused_with_the_place(string path, string envelope)
    {
        using var answer = await _rig.PostAsync(path, "{\n  \"model\": \"chat-1\",\n  \"messages\": [}\n}");
        ((int)answer.StatusCode).ShouldBe(400);
        var error = await ErrorAsync(answer, envelope);
        error.Message.ShouldContain("line 3");
        if (envelope != "gemini") error.Type.ShouldBe("invalid_request_error");
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Bad_utf8_an_empty_body_and_a_body_too_deep_are_refused(string path, string envelope)
    {
        using var empty = await _rig.PostAsync(path, "");
        ((int)empty.StatusCode).ShouldBe(400);
        (await ErrorAsync(empty, envelope)).Message.ShouldContain("empty");

        using var array = await _rig.PostAsync(path, "[]");
        ((int)array.StatusCode).ShouldBe(400);

        using var latin = await _rig.SendAsync(HttpMethod.Post, path, new ByteArrayContent([(byte)'{', (byte)'"', 0xE9, (byte)'"', (byte)':', (byte)'1', (byte)'}']));
        ((int)latin.StatusCode).ShouldBe(400);
        (await ErrorAsync(latin, envelope)).Message.ShouldContain("UTF-8");

        using var deep = await _rig.PostAsync(path, "{\"model\":\"chat-1\",\"messages\":" + new string('[', 5000) + new string(']', 5000) + "}");
        ((int)deep.StatusCode).ShouldBe(400);
        (await ErrorAsync(deep, envelope)).Message.ShouldContain("deep");
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task An_unknown_model_is_refused_with_names_that_come_near(string path, string envelope)
    {
        path = path.Replace("chat-1", "chat-l", StringComparison.Ordinal);
        using var answer = await _rig.PostAsync(path, """{"model":"chat-l","max_tokens":5,"messages":[{"role":"user","content":"x"}],"prompt":"x","input":"x","contents":[]}""");
        // Gemini CLI repeats a 404 without a pause.
        ((int)answer.StatusCode).ShouldBe(envelope == "gemini" ? 400 : 404);
        var error = await ErrorAsync(answer, envelope);
        error.Message.ShouldContain("chat-1");
        if (envelope == "openai") error.Code.ShouldBe("model_not_found");
        if (envelope == "anthropic") error.Type.ShouldBe("not_found_error");
        if (envelope == "gemini") error.Type.ShouldBe("INVALID_ARGUMENT");
    }

    [Theory]
    [InlineData("/v1/chat/completions", "openai", """{"messages":[]}""", "model")]
    [InlineData("/v1/messages", "anthropic", """{"max_tokens":1,"messages":[{"role":"user","content":"x"}]}""", "model")]
    [InlineData("/v1/chat/completions", "openai", """{"model":"claude-1"}""", "messages")]
    [InlineData("/v1/messages", "anthropic", """{"model":"chat-1","max_tokens":1}""", "messages")]
    [InlineData("/v1/messages", "anthropic", """{"model":"claude-1","max_tokens":1}""", "messages")]
    [InlineData("/v1/messages", "anthropic", """{"model":"claude-1","messages":[{"role":"user","content":"x"}]}""", "max_tokens")]
    [InlineData("/v1/messages", "anthropic", """{"model":"chat-1","messages":[{"role":"user","content":"x"}]}""", "max_tokens")]
    [InlineData("/v1/responses", "openai", """{"model":"chat-1"}""", "input")]
    [InlineData("/v1beta/models/chat-1:generateContent", "gemini", "{}", "contents")]
    [InlineData("/v1/chat/completions", "openai", """{"model":"claude-1","messages":"hello"}""", "messages")]
    [InlineData("/v1/chat/completions", "openai", """{"model":7,"messages":[]}""", "model")]
    public async Task A_missing_field_is_named(string path, string envelope, string body, string field)
    {
        using var answer = await _rig.PostAsync(path, body);
        ((int)answer.StatusCode).ShouldBe(400);
        (await ErrorAsync(answer, envelope)).Message.ShouldContain(field);
    }

    [Theory]
    [InlineData("POST", "/v1/nothing", 404, "openai")]
    [InlineData("GET", "/v1/chat/completions", 405, "openai")]
    [InlineData("GET", "/v1/messages", 405, "anthropic")]
    [InlineData("GET", "/messages", 405, "anthropic")]
    [InlineData("POST", "/v1/messages/batches", 404, "anthropic")]
    [InlineData("GET", "/v1/messages/batches", 404, "anthropic")]
    [InlineData("POST", "/v1beta/nothing", 404, "gemini")]
    [InlineData("POST", "/v1beta/models/chat-1:dance", 404, "gemini")]
    [InlineData("POST", "/v1beta/models/chat-1", 404, "gemini")]
    [InlineData("GET", "/api/nothing", 404, "openai")]
    public async Task Unknown_addresses_and_methods_are_told_in_the_callers_language(string method, string path, int status, string envelope)
    {
        using var answer = await _rig.SendAsync(new HttpMethod(method), path, method == "POST" ? new StringContent("{}") : null);
        ((int)answer.StatusCode).ShouldBe(status);
        (await ErrorAsync(answer, envelope)).Message.ShouldNotBeEmpty();
        if (status == 405) answer.Header("allow").ShouldBe("POST");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"model":"nothing","max_tokens":5,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("""{"model":"chat-1","max_tokens":5,"messages":[{"role":"user","content":"fault:status=400"}]}""")]
    [InlineData("""{"model":"claude-1","max_tokens":5,"messages":[{"role":"user","content":"fault:status=400"}]}""")]
    [InlineData("""{"model":"gemini-1","max_tokens":5,"messages":[{"role":"user","content":"fault:status=400"}]}""")]
    [InlineData("""{"model":"nova-1","max_tokens":5,"messages":[{"role":"user","content":"fault:status=400"}]}""")]
    [InlineData("""{"model":"resp-1","max_tokens":5,"messages":[{"role":"user","content":"fault:status=400"}]}""")]
    public async Task The_request_id_in_the_header_is_the_one_in_the_body(string body)
    {
        using var answer = await _rig.PostAsync("/v1/messages", body);
        ((int)answer.StatusCode).ShouldBeGreaterThanOrEqualTo(400);
        var id = (await answer.JsonAsync())["request_id"]?.GetValue<string>();
        id.ShouldNotBeNullOrEmpty();
        answer.Header("request-id").ShouldBe(id);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("HEAD", "/")]
    [InlineData("HEAD", "/v1")]
    [InlineData("HEAD", "/health")]
    [InlineData("POST", "/api/event_logging/batch")]
    [InlineData("POST", "/api/event_logging/v2/batch")]
    [InlineData("POST", "/v1/api/event_logging/batch")]
    public async Task Probes_and_telemetry_are_answered(string method, string path)
    {
        using var answer = await _rig.SendAsync(new HttpMethod(method), path, method == "POST" ? new StringContent("{\"events\":[]}") : null);
        ((int)answer.StatusCode).ShouldBe(200);
    }

    [Theory]
    [InlineData("/v1/v1/messages")]
    [InlineData("/messages")]
    [InlineData("/v1/messages?beta=true")]
    public async Task Pasted_addresses_lead_to_the_same_door(string path)
    {
        using var answer = await _rig.PostAsync(path, Talk.Messages("claude-1[1m]", "say:here"));
        ((int)answer.StatusCode).ShouldBe(200);
        (await answer.TextAsync()).ShouldContain("here");
        _rig.Upstream.Requests[^1].Json!["model"]!.GetValue<string>().ShouldBe("claude-sonnet-4-5");
    }

    [Fact]
    public async Task Unknown_fields_and_a_system_role_inside_are_tolerated()
    {
        const string body = """{"model":"chat-1","max_tokens":50,"diagnostics":{"x":1},"speed":"fast","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"say:ok"}],"tools":[{"name":"t","input_schema":{"type":"object","properties":{}},"defer_loading":true,"input_examples":[{}]}]}""";
        using var answer = await _rig.PostAsync("/v1/messages", body);
        (await answer.TextAsync()).ShouldContain("ok");
        ((int)answer.StatusCode).ShouldBe(200);
        _rig.Upstream.Requests[^1].Text.ShouldContain("Be brief.");
    }

    internal static async Task<(string Message, string? Type, string? Code)> ErrorAsync(HttpResponseMessage answer, string envelope)
    {
        answer.Header("content-type").ShouldBe("application/json");
        var json = await answer.JsonAsync();
        var error = json["error"].ShouldBeOfType<JsonObject>();
        switch (envelope)
        {
            case "anthropic":
                json["type"]!.GetValue<string>().ShouldBe("error");
                return (error["message"]!.GetValue<string>(), error["type"]!.GetValue<string>(), null);
            case "gemini":
                error["code"]!.GetValue<int>().ShouldBe((int)answer.StatusCode);
                return (error["message"]!.GetValue<string>(), error["status"]!.GetValue<string>(), null);
            default:
                error.ContainsKey("param").ShouldBeTrue();
                return (error["message"]!.GetValue<string>(), error["type"]!.GetValue<string>(), error["code"]?.GetValue<string>());
        }
    }

    private static byte[] Compress(byte[] body, string encoding)
    {
        using var output = new MemoryStream();
        using (Stream stream = encoding.ToLowerInvariant() switch
        {
            "gzip" => new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true),
            _ => new MemoryStream(),
        })
        {
            if (encoding == "identity") return body;
            stream.Write(body);
        }

        return output.ToArray();
    }

    /// <summary>A zstd frame of one raw block (RFC 8878): no encoder is needed to make a valid one.</summary>
    private static byte[] ZstdRaw(byte[] body)
    {
        using var output = new MemoryStream();
        output.Write([0x28, 0xB5, 0x2F, 0xFD, 0xA0]);
        output.Write(BitConverter.GetBytes(body.Length));
        var header = 1 | (body.Length << 3);
        output.Write([(byte)header, (byte)(header >> 8), (byte)(header >> 16)]);
        output.Write(body);
        return output.ToArray();
    }
}
