using Dragoman.Emulators.Script;
using Dragoman.Server.Tests.Conformance.ClientDrivers;
using Dragoman.Server.Tests.Conformance.Upstreams;

namespace Dragoman.Server.Tests.Conformance;

/// <content>Errors: in the client's own terms, in the upstream's own words.</content>
public abstract partial class UpstreamConformance
{
    [Theory, ClientProtocolData(Completions = true, With = [400, 401, 403, 404, 413, 429, 500, 503, 529], NeverOnBedrock = [401, 413, 529])]
    public async Task An_upstream_error_arrives_in_the_clients_own_terms(string client, int status)
    {
        var same = IsSame(client);
        foreach (var stream in (bool[])[false, true])
        {
            var words = $"Emulated trouble {status} here";
            var result = await AskAsync(client, Ask.Of($"fault:status={status};retry-after=7;message={words.Replace(' ', '+')}"), stream);
            result.Error.ShouldNotBeNull(result.Raw).Message.ShouldContain(words);
            result.Status.ShouldBeOneOf(client is "converse" or "invoke" ? [AwsStatusOf(status)] : StatusesOf(client, status, same));
            if (status is 429 or 503 or 529) result.Header("retry-after").ShouldBe("7");
            (result.Header("request-id") ?? result.Header("x-request-id") ?? result.Header("x-amzn-requestid")).ShouldNotBeNullOrEmpty();
            if (!same) result.Error!.Type.ShouldBeOneOf(TypesOf(client, status));
        }
    }

    [Theory, ClientProtocolData(Completions = true)]
    public async Task The_upstreams_request_id_is_handed_on(string client, bool stream)
    {
        var header = House.Name switch { "messages" => "request-id", "bedrock-converse" or "bedrock-anthropic" => "x-amzn-requestid", _ => "x-request-id" };
        House.Emulator.Script.Add(ScriptedReply.Whole("""{"type":"error","error":{"message":"No.","type":"x","param":null,"code":400,"status":"INVALID_ARGUMENT"},"message":"No."}""", status: 400) with { Headers = [KeyValuePair.Create(header, "req-of-the-upstream")] });
        var result = await AskAsync(client, Ask.Of("Hello"), stream);
        result.Headers.Values.ShouldContain("req-of-the-upstream", result.Raw);
    }

    [Theory, ClientProtocolData(Translated = true)]
    public async Task A_page_of_a_proxy_is_an_error_and_no_answer(string client, bool stream)
    {
        var result = await AskAsync(client, Ask.Of("fault:html;status=502"), stream);
        result.Error.ShouldNotBeNull(result.Raw).Message.ShouldNotContain("<html>");
        result.Status.ShouldBe(client is "converse" or "invoke" ? 500 : 502);
    }

    [Theory, ClientProtocolData(Translated = true)]
    public async Task A_prompt_that_is_too_long_is_told_so_that_every_client_understands(string client, bool stream)
    {
        const string words = "prompt is too long: 300000 tokens > 200000 maximum";
        var result = await AskAsync(client, Ask.Of($"fault:status=400;message={words.Replace(' ', '+')}"), stream);
        result.Status.ShouldBe(400);
        result.Error!.Message.ShouldContain("prompt is too long");
        if (client is "chat" or "responses") result.Error.Code.ShouldBe("context_length_exceeded");
    }

    [Theory, ClientProtocolData(ForeignOnly = ["responses"])]
    public async Task An_error_in_the_midst_of_a_stream_is_told_and_is_no_ending(string client)
    {
        // Responses before Responses: the emulator numbers its error behind all events that it would have sent.
        var result = await AskAsync(client, Ask.Of("words:200\nfault:error-in-stream=12;pace=3"), stream: true);
        result.Status.ShouldBe(200);
        result.Text.ShouldStartWith("word1");
        result.Error.ShouldNotBeNull(result.Raw).Message.ShouldNotBeNullOrEmpty();
        result.Ending.ShouldBe(Ending.None);
    }

    [Theory, ClientProtocolData(With = ["disconnect=6000", "truncate=12"])]
    public async Task A_stream_that_breaks_off_is_never_taken_for_a_whole_answer(string client, string fault)
    {
        var result = await AskAsync(client, Ask.Of($"words:800\nfault:{fault};pace=2"), stream: true);
        result.Text.ShouldStartWith("word1");
        result.Error.ShouldNotBeNull(result.Raw);
    }

    [Theory, ClientProtocolData(Translated = true)]
    public async Task Garbage_in_a_stream_is_passed_over_or_told(string client)
    {
        var result = await AskAsync(client, Ask.Of("words:60\nfault:garbage=12;pace=2"), stream: true);
        if (result.Error is null) result.Text.ShouldBe(string.Join(' ', Enumerable.Range(1, 60).Select(number => $"word{number}")));
        else result.Text.ShouldStartWith("word1");
    }

    [Theory]
    [InlineData("chat", "empty")]
    [InlineData("messages", "empty")]
    [InlineData("gemini", "disconnect=0")]
    [InlineData("responses", "disconnect=0")]
    [InlineData("converse", "empty")]
    [InlineData("invoke", "disconnect=0")]
    public async Task An_answer_that_is_none_is_an_error(string client, string fault)
    {
        // The same language: bytes pass as they are, also when there are none.
        if (IsSame(client)) fault = "disconnect=0";
        foreach (var stream in (bool[])[false, true])
        {
            var result = await AskAsync(client, Ask.Of($"Hello fault:{fault}"), stream);
            result.Error.ShouldNotBeNull($"{stream}: {result.Raw}");
            result.Status.ShouldBeGreaterThanOrEqualTo(500);
        }
    }

    // Known, as above.
    [Theory, ClientProtocolData(ForeignOnly = ["responses"])]
    public async Task A_stream_that_stalls_is_ended_with_an_error(string client)
    {
        await using var gateway = await UpstreamScenario.StartAsync(House.Account(House.Address, "demo", "first"), "streaming:\n  idle-timeout-seconds: 1\n");
        using var http = UpstreamScenario.ClientOf(gateway);
        var result = await ClientDriver.All[client].AskAsync(http, Ask.Of("words:200\nfault:stall=12"), stream: true);
        result.Text.ShouldStartWith("word1");
        result.Error.ShouldNotBeNull(result.Raw).Message.ShouldContain("time", Case.Insensitive);
    }

    [Theory]
    [InlineData("status=429")]
    [InlineData("status=401")]
    [InlineData("status=403")]
    [InlineData("status=500")]
    [InlineData("status=503")]
    [InlineData("status=529")]
    [InlineData("disconnect=0")]
    [InlineData("empty")]
    [InlineData("error-in-stream=0")]
    public async Task The_next_account_answers_when_the_first_fails(string fault)
    {
        await using var gateway = await TwoAccountsAsync(fault);
        using var http = UpstreamScenario.ClientOf(gateway);
        foreach (var client in (string[])["chat", "responses", "messages", "gemini", "converse", "invoke"])
        {
            foreach (var stream in (bool[])[false, true])
            {
                if (fault.StartsWith("error-in", StringComparison.Ordinal) && !stream) continue;
                if (fault == "empty" && IsSame(client)) continue;
                var result = await ClientDriver.All[client].AskAsync(http, Ask.Of("say:Second."), stream);
                result.Error.ShouldBeNull($"{client} {stream}: {result.Raw}");
                result.Text.ShouldBe("Second.");
                int.Parse(result.Header("x-dragoman-attempts")!).ShouldBeGreaterThan(1);
                result.Header("x-dragoman-account").ShouldBe("second");
            }
        }
    }

    [Fact]
    public async Task A_bad_request_is_not_tried_elsewhere()
    {
        await using var gateway = await TwoAccountsAsync("status=400");
        using var http = UpstreamScenario.ClientOf(gateway);
        foreach (var client in (string[])["chat", "responses", "messages", "gemini", "converse", "invoke"])
        {
            ClientResult result = null!;
            var requests = await House.DuringAsync(async () => result = await ClientDriver.All[client].AskAsync(http, Ask.Of("say:Second."), stream: false));
            result.Status.ShouldBe(400);
            requests.ShouldHaveSingleItem();
        }
    }

    /// <summary>Whether the pair is relayed and not translated.</summary>
    private bool IsSame(string client) => client == House.Name;

    private Task<Dragoman.Server.Hosting.GatewayHost> TwoAccountsAsync(string fault)
    {
        var first = House.Account(House.Address, $"fault:{fault}", "first");
        var second = House.Account(House.Address, "demo", "second");
        return UpstreamScenario.StartAsync(first + "\n" + second[(second.IndexOf('\n', StringComparison.Ordinal) + 1)..], "routing:\n  strategy: fill-first\n");
    }

    /// <summary>Overload has a status of its own only in Anthropic's language. A refused credential is the account's, and its owner's matter, in whatever protocol.</summary>
    private static int[] StatusesOf(string client, int status, bool same) => status switch
    {
        401 => [client == "gemini" ? 400 : 424],
        503 or 529 when !same => [503, 529],
        _ => [status],
    };

    /// <summary>Bedrock's runtime knows fewer statuses (API_runtime_Converse, "Errors").</summary>
    private static int AwsStatusOf(int status) => status switch { 401 => 424, 413 => 400, 529 => 503, _ => status };

    private static string[] TypesOf(string client, int status) => client switch
    {
        "messages" => status switch
        {
            401 => ["api_error"],
            403 => ["permission_error"],
            404 => ["not_found_error"],
            413 => ["request_too_large"],
            429 => ["rate_limit_error"],
            503 or 529 => ["overloaded_error"],
            >= 500 => ["api_error"],
            _ => ["invalid_request_error"],
        },
        "converse" or "invoke" => status switch
        {
            401 => ["ModelErrorException"],
            403 => ["AccessDeniedException"],
            404 => ["ResourceNotFoundException"],
            429 => ["ThrottlingException"],
            503 or 529 => ["ServiceUnavailableException"],
            >= 500 => ["InternalServerException"],
            _ => ["ValidationException"],
        },
        "gemini" => status switch
        {
            401 => ["FAILED_PRECONDITION"],
            403 => ["PERMISSION_DENIED"],
            404 => ["NOT_FOUND"],
            429 => ["RESOURCE_EXHAUSTED"],
            503 or 529 => ["UNAVAILABLE"],
            >= 500 => ["INTERNAL"],
            _ => ["INVALID_ARGUMENT"],
        },
        // OpenAI's own types are few, and its servers are not of one mind.
        _ => status switch
        {
            401 => ["server_error"],
            403 => ["permission_error", "invalid_request_error"],
            429 => ["rate_limit_error", "requests", "tokens"],
            >= 500 => ["server_error"],
            _ => ["invalid_request_error"],
        },
    };
}
