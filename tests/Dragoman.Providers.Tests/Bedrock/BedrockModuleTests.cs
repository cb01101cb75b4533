using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Bedrock;

namespace Dragoman.Providers.Tests.Bedrock;

public sealed class BedrockModuleTests
{
    private const string VectorBody = """{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}""";
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly AwsKeys VectorKeys = new("EXAMPLEACCESSKEYID00", "fake-secret-for-test-vectors-only", null);
    private readonly Dictionary<string, string> _environment = [];
    private readonly Keys _keys = new();
    private readonly Clock _clock = new();

    [Fact]
    [Trait("check", "bedrock B4")]
    public void The_first_vector_is_signed_to_the_letter()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse");
        request.Content = new StringContent(VectorBody);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        SigV4.Sign(request, Encoding.UTF8.GetBytes(VectorBody), VectorKeys, "us-east-1", "bedrock", Now);
        Convert.ToHexStringLower(SigV4.Key(VectorKeys.SecretAccessKey, "20260102", "us-east-1", "bedrock")).ShouldBe("efe15f0788affd119caff0615d291b8da92382dbbbba1b59d2b1a3e076cdd3ce");
        Header(request, "Authorization").ShouldBe("AWS4-HMAC-SHA256 Credential=EXAMPLEACCESSKEYID00/20260102/us-east-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=33ed90415f8f3395329128cfccd7701b78c16e49e9f2fb5df99903b51438189d");
        Header(request, "X-Amz-Date").ShouldBe("20260102T030405Z");
    }

    [Fact]
    [Trait("check", "bedrock B4")]
    public async Task The_second_vector_is_what_the_provider_sends_for_an_application_profile()
    {
        _keys.Value = VectorKeys with { SessionToken = "fake-session-token" };
        var account = Make(region: "eu-west-1", protocol: Protocol.BedrockConverse);
        using var request = await Call(account, "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123", VectorBody, stream: true);
        request!.RequestUri!.AbsoluteUri.ShouldBe("https://bedrock-runtime.eu-west-1.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A111122223333%3Aapplication-inference-profile%2Fabc123/converse-stream");
        Header(request, "Authorization")!.ShouldEndWith("SignedHeaders=accept;content-type;host;x-amz-date;x-amz-security-token, Signature=43ec0fbfa5222c1066f6cab587b744d64809659b8be889fc2fa9e666b765fc3f");
        Header(request, "X-Amz-Security-Token").ShouldBe("fake-session-token");
    }

    [Theory]
    [InlineData("byProvider=Anthropic&byOutputModality=TEXT")]
    [InlineData("byOutputModality=TEXT&byProvider=Anthropic")]
    [Trait("check", "bedrock B4")]
    public void The_third_vector_sorts_the_query(string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://bedrock.us-east-1.amazonaws.com/foundation-models?" + query);
        SigV4.Sign(request, default, VectorKeys, "us-east-1", "bedrock", Now);
        Header(request, "Authorization")!.ShouldEndWith("SignedHeaders=host;x-amz-date, Signature=24fc6627b5ee7c4399243763f6d501dc5f682e4261402dd04b09b3e4ca83d689");
    }

    [Theory]
    [InlineData("claude-sonnet-4.5", false, Protocol.BedrockAnthropic, "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke")]
    [InlineData("claude-sonnet-4.5", true, Protocol.BedrockAnthropic, "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke-with-response-stream")]
    [InlineData("claude-sonnet-4.5", true, Protocol.BedrockConverse, "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream")]
    [InlineData("converse/claude-haiku-4.5", false, Protocol.BedrockAnthropic, "/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse")]
    [InlineData("invoke/eu.anthropic.claude-sonnet-4-6", false, Protocol.BedrockConverse, "/model/eu.anthropic.claude-sonnet-4-6/invoke")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", false, Protocol.BedrockAnthropic, "/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke")]
    [InlineData("amazon.nova-pro-v1:0", false, Protocol.BedrockAnthropic, "/model/amazon.nova-pro-v1%3A0/converse")]
    public async Task Addresses_name_the_model_and_the_operation(string model, bool stream, Protocol protocol, string path)
    {
        using var request = await Call(Make(protocol: protocol), model, "{}", stream);
        request!.RequestUri!.AbsoluteUri.ShouldBe("https://bedrock-runtime.us-east-1.amazonaws.com" + path);
        Header(request, "Accept").ShouldBe(stream ? "application/vnd.amazon.eventstream" : "application/json");
    }

    [Theory]
    [InlineData("claude-sonnet-4.5", Protocol.BedrockAnthropic, Protocol.BedrockAnthropic)]
    [InlineData("claude-sonnet-4.5", Protocol.BedrockConverse, Protocol.BedrockConverse)]
    [InlineData("converse/claude-haiku-4.5", Protocol.BedrockAnthropic, Protocol.BedrockConverse)]
    [InlineData("invoke/claude-haiku-4.5", Protocol.BedrockConverse, Protocol.BedrockAnthropic)]
    [InlineData("invoke/arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123", Protocol.BedrockAnthropic, Protocol.BedrockAnthropic)]
    [InlineData("amazon.nova-pro-v1:0", Protocol.BedrockAnthropic, Protocol.BedrockConverse)]
    public void Routing_and_the_provider_choose_the_same_protocol(string name, Protocol account, Protocol expected)
    {
        var target = new ModelTarget(Make(protocol: account), new UpstreamModel(name), 0);
        target.Protocol.ShouldBe(expected);
        BedrockModule.Create(TimeProvider.System).ProtocolFor(target.Account, target.Model).ShouldBe(expected);
    }

    [Fact]
    public async Task A_base_address_with_a_path_and_port_is_kept_and_signed()
    {
        using var request = await Call(Make(baseUrl: "http://127.0.0.1:8123/aws/"), "amazon.nova-pro-v1:0", "{}");
        request!.RequestUri!.AbsoluteUri.ShouldBe("http://127.0.0.1:8123/aws/model/amazon.nova-pro-v1%3A0/converse");
        SigV4.Canonical(request, "{}"u8, out _).ShouldContain("\nhost:127.0.0.1:8123\n");
    }

    [Fact]
    public async Task A_bearer_key_is_sent_without_a_signature()
    {
        foreach (var credential in new Credential[] { new AwsCredential { BearerKey = "ABSK-secret" }, new ApiKeyCredential("ABSK-secret") })
        {
            using var request = await Call(Make(credential: credential), "amazon.nova-pro-v1:0", "{}");
            Header(request!, "Authorization").ShouldBe("Bearer ABSK-secret");
            Header(request!, "X-Amz-Date").ShouldBeNull();
        }

        _keys.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task The_environments_bearer_key_goes_before_the_chain_but_not_before_the_accounts_own()
    {
        _environment["AWS_BEARER_TOKEN_BEDROCK"] = "from-env";
        using var chain = await Call(Make(credential: new AwsCredential()), "amazon.nova-pro-v1:0", "{}");
        Header(chain!, "Authorization").ShouldBe("Bearer from-env");
        using var own = await Call(Make(credential: new AwsCredential { AccessKeyId = "a", SecretAccessKey = "b" }), "amazon.nova-pro-v1:0", "{}");
        Header(own!, "Authorization")!.ShouldStartWith("AWS4-HMAC-SHA256");
    }

    [Theory]
    [InlineData("https://bedrock-runtime.eu-central-1.amazonaws.com", null, "eu-central-1")]
    [InlineData("", "ap-south-1", "ap-south-1")]
    [InlineData("", null, "me-south-1")]
    public async Task The_region_comes_from_the_address_the_environment_or_the_profile(string baseUrl, string? environment, string expected)
    {
        if (environment is not null) _environment["AWS_REGION"] = environment;
        _keys.Region = "me-south-1";
        using var request = await Call(Make(region: null, baseUrl: baseUrl), "amazon.nova-pro-v1:0", "{}");
        request!.RequestUri!.Host.ShouldBe($"bedrock-runtime.{expected}.amazonaws.com");
        Header(request, "Authorization")!.ShouldContain($"/{expected}/bedrock/");
    }

    [Fact]
    public async Task Without_any_region_the_error_says_what_to_set()
        => (await Should.ThrowAsync<WireException>(() => Call(Make(region: null), "amazon.nova-pro-v1:0", "{}"))).Message.ShouldContain("AWS_REGION");

    [Theory]
    [InlineData("claude-sonnet-4.5", "us-east-1", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("claude-haiku-4.5", "eu-west-1", "eu.anthropic.claude-haiku-4-5-20251001-v1:0")]
    [InlineData("gpt-4", "us-gov-west-1", "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("gpt-3.5-turbo", "ap-northeast-1", "jp.anthropic.claude-haiku-4-5-20251001-v1:0")]
    [InlineData("claude-sonnet-4-5-20250929", "ap-southeast-2", "au.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("claude-sonnet-4", "ap-northeast-1", "apac.anthropic.claude-sonnet-4-20250514-v1:0")]
    [InlineData("claude-3-7-sonnet-latest", "us-west-2", "us.anthropic.claude-3-7-sonnet-20250219-v1:0")]
    [InlineData("claude-opus-4.6", "us-east-1", "us.anthropic.claude-opus-4-6-v1")]
    [InlineData("claude-opus-4-1", "us-east-1", "us.anthropic.claude-opus-4-1-20250805-v1:0")]
    [InlineData("claude-opus-4", "us-east-1", "us.anthropic.claude-opus-4-20250514-v1:0")]
    [InlineData("claude-sonnet-4.6", "sa-east-1", "global.anthropic.claude-sonnet-4-6")]
    [InlineData("anthropic.claude-opus-9", "eu-north-1", "eu.anthropic.claude-opus-9")]
    [InlineData("global.anthropic.claude-sonnet-4-6", "us-east-1", "global.anthropic.claude-sonnet-4-6")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", "us-east-1", "anthropic.claude-3-haiku-20240307-v1:0")]
    [InlineData("anthropic.claude-3-5-sonnet-20241022-v2:0", "us-east-1", "anthropic.claude-3-5-sonnet-20241022-v2:0")]
    [InlineData("nova-pro", "us-east-1", "amazon.nova-pro-v1:0")]
    [InlineData("gpt-oss-120b", "us-west-2", "openai.gpt-oss-120b-1:0")]
    [InlineData("deepseek.r1-v1:0", "us-east-1", "us.deepseek.r1-v1:0")]
    [InlineData("mistral.mistral-large-2402-v1:0", "eu-west-1", "mistral.mistral-large-2402-v1:0")]
    [InlineData("something-else", "us-east-1", "something-else")]
    public void Names_become_ids_and_profiles(string name, string region, string expected) => BedrockModels.Resolve(name, region).ShouldBe(expected);

    [Theory]
    [InlineData("us.anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5-20251001-v1:0")]
    [InlineData("us-gov.anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-3-haiku-20240307-v1:0")]
    [InlineData("claude-haiku-4.5", "anthropic.claude-haiku-4-5-20251001-v1:0")]
    public void The_base_id_is_found(string name, string expected) => BedrockModels.BaseId(name).ShouldBe(expected);

    [Fact]
    public async Task Tokens_are_counted_by_the_base_id_in_both_languages()
    {
        var call = new UpstreamCall(Make(protocol: Protocol.BedrockConverse), new UpstreamModel("us.anthropic.claude-haiku-4-5-20251001-v1:0"), UpstreamOperation.CountTokens)
        {
            Body = Encoding.UTF8.GetBytes("""{"system":[{"text":"s"}],"inferenceConfig":{"maxTokens":5},"toolConfig":{"tools":[]},"messages":[{"role":"user","content":[{"text":"Hi"}]}]}"""),
        };
        using var converse = await Provider().CreateRequestAsync(call, default);
        converse!.RequestUri!.AbsolutePath.ShouldBe("/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/count-tokens");
        (await converse.Content!.ReadAsStringAsync()).ShouldBe("""{"input":{"converse":{"system":[{"text":"s"}],"toolConfig":{"tools":[]},"messages":[{"role":"user","content":[{"text":"Hi"}]}]}}}""");

        call = call with { Account = Make(), Body = """{"messages":[]}"""u8.ToArray() };
        using var invoke = await Provider().CreateRequestAsync(call, default);
        var body = await invoke!.Content!.ReadAsStringAsync();
        body.ShouldStartWith("""{"input":{"invokeModel":{"body":""" + "\"");
        Encoding.UTF8.GetString(Convert.FromBase64String(body.Split('"')[7])).ShouldBe("""{"anthropic_version":"bedrock-2023-05-31","max_tokens":1024,"messages":[]}""");

        (await Provider().CreateRequestAsync(call with { Model = new UpstreamModel("amazon.nova-pro-v1:0") }, default)).ShouldBeNull();
        Provider().TokenCounts!.Read("""{"inputTokens":123}"""u8.ToArray()).ShouldBe(123);
        Provider().TokenCounts!.Read("""[]"""u8.ToArray()).ShouldBeNull();
        Provider().TokenCounts!.Read("<html>"u8.ToArray()).ShouldBeNull();
    }

    [Theory]
    [InlineData("{\"messages\":[]}", "{\"anthropic_beta\":[\"context-1m-2025-08-07\"],\"messages\":[]}")]
    [InlineData("{\"anthropic_beta\":[\"x\"]}", "{\"anthropic_beta\":[\"x\"]}")]
    public async Task Known_beta_flags_of_the_client_move_into_the_body(string body, string expected)
    {
        var call = new UpstreamCall(Make(), new UpstreamModel("claude-sonnet-4.5"), UpstreamOperation.Generate)
        {
            Body = Encoding.UTF8.GetBytes(body),
            ClientHeaders = [new("anthropic-beta", "unknown-2099-01-01, context-1m-2025-08-07")],
        };
        using var request = await Provider().CreateRequestAsync(call, default);
        (await request!.Content!.ReadAsStringAsync()).ShouldBe(expected);
    }

    [Theory]
    [InlineData("", """{"messages":[]}""", null)]
    [InlineData("X-Amzn-Bedrock-GuardrailIdentifier=abc;x-amzn-bedrock-guardrailversion=2", """{"messages":[]}""", """{"guardrailIdentifier":"abc","guardrailVersion":"2"}""")]
    [InlineData("X-Amzn-Bedrock-GuardrailIdentifier=abc;X-Amzn-Bedrock-Trace=ENABLED_FULL", """{"messages":[]}""", """{"guardrailIdentifier":"abc","guardrailVersion":"DRAFT","trace":"enabled_full"}""")]
    [InlineData("X-Amzn-Bedrock-GuardrailIdentifier=abc;X-Amzn-Bedrock-GuardrailVersion=2", """{"guardrailConfig":{"guardrailIdentifier":"the-clients","guardrailVersion":"1"},"messages":[]}""", """{"guardrailIdentifier":"abc","guardrailVersion":"2"}""")]
    [Trait("check", "bedrock B45")]
    public async Task The_guardrail_that_an_owner_demands_with_headers_holds_for_converse_too(string headers, string body, string? expected)
    {
        var account = Make(protocol: Protocol.BedrockConverse) with { Headers = headers.Split(';', StringSplitOptions.RemoveEmptyEntries).ToDictionary(static header => header.Split('=')[0], static header => header.Split('=')[1]) };
        using var request = await Call(account, "amazon.nova-pro-v1:0", body);
        using var sent = System.Text.Json.JsonDocument.Parse(await request!.Content!.ReadAsStringAsync());
        (sent.RootElement.TryGetProperty("guardrailConfig", out var guardrail) ? guardrail.GetRawText() : null).ShouldBe(expected);
        sent.RootElement.GetProperty("messages").GetArrayLength().ShouldBe(0);
        using var invoke = await Call(account with { Protocol = Protocol.BedrockAnthropic }, "claude-sonnet-4.5", """{"messages":[]}""");
        (await invoke!.Content!.ReadAsStringAsync()).ShouldNotContain("guardrail");
        Header(invoke, "X-Amzn-Bedrock-GuardrailIdentifier").ShouldBe(expected is null ? null : "abc");
    }

    [Fact]
    public async Task The_list_of_models_is_asked_of_the_control_plane()
    {
        using var request = await Provider().CreateRequestAsync(new UpstreamCall(Make(), new UpstreamModel(""), UpstreamOperation.ListModels), default);
        request!.Method.ShouldBe(HttpMethod.Get);
        request.RequestUri!.AbsoluteUri.ShouldBe("https://bedrock.us-east-1.amazonaws.com/foundation-models?byOutputModality=TEXT");
        request.Content.ShouldBeNull();
    }

    [Theory]
    [InlineData("https://bedrock-runtime.eu-west-1.amazonaws.com", "https://bedrock.eu-west-1.amazonaws.com/foundation-models?byOutputModality=TEXT")]
    [InlineData("http://localhost:9/x", "http://localhost:9/x/foundation-models?byOutputModality=TEXT")]
    public async Task The_control_plane_follows_the_base_address(string baseUrl, string expected)
    {
        var account = Make(region: "eu-west-1", baseUrl: baseUrl);
        using var request = await Provider().CreateRequestAsync(new UpstreamCall(account, new UpstreamModel(""), UpstreamOperation.ListModels), default);
        request!.RequestUri!.AbsoluteUri.ShouldBe(expected);
    }

    [Theory]
    [InlineData(429, "ThrottlingException:http://internal", "Too many requests", FailureClass.RateLimited)]
    [InlineData(429, "ThrottlingException", "Too many tokens per day, please wait", FailureClass.QuotaExhausted)]
    [InlineData(400, "ServiceQuotaExceededException", "quota", FailureClass.QuotaExhausted)]
    [InlineData(429, "ModelNotReadyException", "warming up", FailureClass.Capacity)]
    [InlineData(503, "ServiceUnavailableException", "later", FailureClass.Capacity)]
    [InlineData(500, "InternalServerException", "oops", FailureClass.Transient)]
    [InlineData(424, "ModelErrorException", "oops", FailureClass.Transient)]
    [InlineData(408, "ModelTimeoutException", "slow", FailureClass.Transient)]
    [InlineData(403, "AccessDeniedException", "You don't have access to the model with the specified model ID.", FailureClass.Forbidden)]
    [InlineData(403, "AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.", FailureClass.AuthDead)]
    [InlineData(403, "ExpiredTokenException", "The security token included in the request is expired", FailureClass.AuthExpired)]
    [InlineData(403, "UnrecognizedClientException", "The security token included in the request is invalid.", FailureClass.AuthExpired)]
    [InlineData(403, "InvalidSignatureException", "The request signature we calculated does not match", FailureClass.AuthDead)]
    [InlineData(403, "InvalidSignatureException", "Signature expired: 1 is now earlier than 2", FailureClass.AuthExpired)]
    [InlineData(404, "ResourceNotFoundException", "no model", FailureClass.Gone)]
    [InlineData(400, "ValidationException", "Input is too long for requested model.", FailureClass.ContextTooLong)]
    [InlineData(400, "ValidationException", "prompt is too long: 210000 tokens > 200000 maximum", FailureClass.ContextTooLong)]
    [InlineData(400, "ValidationException", "Invocation of model ID x with on-demand throughput isn’t supported.", FailureClass.Transient)] // tried again, by the model's profile
    [InlineData(400, "ValidationException", "Operation not allowed", FailureClass.Forbidden)]
    [InlineData(400, "ValidationException", "toolConfig must be defined", FailureClass.InvalidRequest)]
    [InlineData(400, null, "something", FailureClass.InvalidRequest)]
    [InlineData(502, null, "proxy", FailureClass.Transient)]
    public void Errors_are_classified(int status, string? type, string message, FailureClass expected)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        if (type is not null) response.Headers.TryAddWithoutValidation("x-amzn-errortype", type);
        response.Headers.TryAddWithoutValidation("x-amzn-requestid", "r-1");
        var error = ConverseUpstream.Instance.ReadError(status, Encoding.UTF8.GetBytes($$"""{"message":"{{message}}"}"""));
        var failure = Provider().Failures.Classify(new UpstreamFailure(error, response.Headers, Now));
        failure.Class.ShouldBe(expected);
        failure.Error.Message.ShouldBe(message);
        failure.Error.RequestId.ShouldBe("r-1");
        if (type is not null) failure.Error.Type.ShouldBe(type.Split(':')[0]);
    }

    [Fact]
    public void A_wait_that_the_upstream_names_is_kept()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        response.Headers.TryAddWithoutValidation("Retry-After", "7");
        Provider().Failures.Classify(new UpstreamFailure(new WireError(ErrorKind.RateLimit, "slow") { Status = 429 }, response.Headers, Now)).Until.ShouldBe(Now.AddSeconds(7));
    }

    [Fact]
    public async Task A_clock_that_is_off_is_corrected_by_the_upstreams()
    {
        var provider = Provider();
        using var response = new HttpResponseMessage(HttpStatusCode.Forbidden);
        response.Headers.Date = Now.AddMinutes(20);
        provider.Failures.Classify(new UpstreamFailure(new WireError(ErrorKind.Authentication, "Signature expired: x") { Status = 403 }, response.Headers, Now)).Class.ShouldBe(FailureClass.AuthExpired);
        using var request = await provider.CreateRequestAsync(new UpstreamCall(Make(), new UpstreamModel("amazon.nova-pro-v1:0"), UpstreamOperation.Generate) { Body = "{}"u8.ToArray() }, default);
        Header(request!, "X-Amz-Date").ShouldBe("20260102T032405Z");
        _keys.Forgotten.ShouldBe(0);
    }

    [Fact]
    [Trait("check", "bedrock B38")]
    public void Expired_keys_are_forgotten()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.Forbidden);
        response.Headers.TryAddWithoutValidation("x-amzn-errortype", "ExpiredTokenException");
        Provider().Failures.Classify(new UpstreamFailure(new WireError(ErrorKind.Permission, "old") { Status = 403 }, response.Headers, Now));
        _keys.Forgotten.ShouldBe(1);
    }

    [Fact]
    public async Task Static_keys_need_no_chain()
    {
        var keys = await new AwsKeySource().KeysAsync(new AwsCredential { AccessKeyId = "id", SecretAccessKey = "secret", SessionToken = "token" }, default);
        keys.ShouldBe(new AwsKeys("id", "secret", "token"));
        keys.ToString().ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_profile_that_is_not_there_is_named()
        => (await Should.ThrowAsync<WireException>(async () => await new AwsKeySource().KeysAsync(new AwsCredential { Profile = "no-such-profile-here" }, default)))
            .Message.ShouldContain("no-such-profile-here");

    [Fact]
    public async Task A_profile_is_read_from_the_users_files()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "[dragoman-test]\naws_access_key_id = AKIDTEST\naws_secret_access_key = secret\naws_session_token = token\nregion = eu-north-1\n");
            var source = new AwsKeySource(file);
            (await source.KeysAsync(new AwsCredential { Profile = "dragoman-test" }, default)).ShouldBe(new AwsKeys("AKIDTEST", "secret", "token"));
            source.RegionOf("dragoman-test").ShouldBe("eu-north-1");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_default_chain_takes_the_environments_keys()
    {
        string[] names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
        var before = names.Select(Environment.GetEnvironmentVariable).ToList();
        try
        {
            Environment.SetEnvironmentVariable(names[0], "AKIDENV");
            Environment.SetEnvironmentVariable(names[1], "secret");
            (await new AwsKeySource().KeysAsync(new AwsCredential(), default)).ShouldBe(new AwsKeys("AKIDENV", "secret", null));
        }
        finally
        {
            for (var i = 0; i < names.Length; i++) Environment.SetEnvironmentVariable(names[i], before[i]);
        }
    }

    private ProviderModule Provider() => BedrockModule.Create(_clock, () => _keys, name => _environment.GetValueOrDefault(name));

    private static Account Make(string? region = "us-east-1", string baseUrl = "", Protocol protocol = Protocol.BedrockAnthropic, Credential? credential = null) => new()
    {
        Id = "a",
        Label = "aws",
        Provider = "bedrock",
        Protocol = protocol,
        BaseUrl = baseUrl,
        Credential = credential ?? new AwsCredential { AccessKeyId = VectorKeys.AccessKeyId, SecretAccessKey = VectorKeys.SecretAccessKey },
        Region = region,
    };

    private async Task<HttpRequestMessage?> Call(Account account, string model, string body, bool stream = false)
        => await Provider().CreateRequestAsync(new UpstreamCall(account, new UpstreamModel(model), UpstreamOperation.Generate) { Body = Encoding.UTF8.GetBytes(body), Stream = stream }, default);

    private static string? Header(HttpRequestMessage request, string name) => request.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private sealed class Keys : IAwsKeySource
    {
        public AwsKeys Value { get; set; } = VectorKeys;

        public string? Region { get; set; }

        public int Asked { get; private set; }

        public int Forgotten { get; private set; }

        public ValueTask<AwsKeys> KeysAsync(AwsCredential credential, CancellationToken cancellationToken)
        {
            Asked++;
            return new(Value);
        }

        public string? RegionOf(string profile) => Region;

        public void Invalidate() => Forgotten++;
    }

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
