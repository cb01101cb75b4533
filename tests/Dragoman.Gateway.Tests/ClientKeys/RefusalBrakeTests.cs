using System.Text;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Tests.ClientKeys;

/// <summary>Who repeats a refused request without a pause is slowed down, and nobody else.</summary>
public sealed class RefusalBrakeTests
{
    private static readonly WireError UnknownModel = new(ErrorKind.NotFound, "The model 'm' does not exist here.") { Code = "model_not_found", Param = "model" };
    private static readonly WireError BadRequest = new(ErrorKind.InvalidRequest, "messages: at least one message is required");
    private readonly ManualTime _time = new();
    private readonly RefusalBrake _brake;
    private LimitOptions _limits = new();

    public RefusalBrakeTests() => _brake = new RefusalBrake(() => _limits, _time);

    [Fact]
    public void A_loop_goes_on_at_thirty_a_minute_and_the_rest_is_told_to_wait()
    {
        var (asked, refusedByModel) = (0, 0);
        for (var step = 0; step < 60_000; step++)
        {
            if (_brake.Check(Request("a")) is { } error)
            {
                error.EffectiveStatus.ShouldBe(429);
                error.RetryAfter!.Value.TotalSeconds.ShouldBeInRange(1, 2);
                error.Message.ShouldContain("does not exist here");
                refusedByModel++;
            }
            else
            {
                asked++;
                End("a", UnknownModel);
            }

            _time.Advance(TimeSpan.FromMilliseconds(2));
        }

        asked.ShouldBeInRange(20, 20 + 60 + 1, "two minutes of the loop that Gemini CLI makes");
        refusedByModel.ShouldBe(60_000 - asked);
    }

    [Fact]
    public void An_answer_ends_the_count_and_pauses_fill_it_up()
    {
        for (var turn = 0; turn < 10; turn++)
        {
            for (var refusal = 0; refusal < 19; refusal++) End("a", BadRequest);
            _brake.Check(Request("a")).ShouldBeNull();
            _brake.Ended(Request("a"), new RequestOutcome { Status = 200 });
        }

        for (var refusal = 0; refusal < 20; refusal++) End("a", BadRequest);
        _brake.Check(Request("a")).ShouldNotBeNull();
        _time.Advance(TimeSpan.FromSeconds(2));
        _brake.Check(Request("a")).ShouldBeNull();
        End("a", BadRequest);
        _brake.Check(Request("a")).ShouldNotBeNull();
        _time.Advance(TimeSpan.FromMinutes(1));
        for (var refusal = 0; refusal < 20; refusal++)
        {
            _brake.Check(Request("a")).ShouldBeNull();
            End("a", BadRequest);
        }
    }

    [Fact]
    public void Another_request_another_model_another_key_and_another_address_go_on()
    {
        for (var refusal = 0; refusal < 50; refusal++) End("a", BadRequest);
        _brake.Check(Request("a")).ShouldNotBeNull();
        _brake.Check(Request("a", text: "other")).ShouldBeNull("what was refused is the request, not the model");
        _brake.Check(Request("a", model: "n")).ShouldBeNull();
        _brake.Check(Request("b")).ShouldBeNull();
        for (var refusal = 0; refusal < 50; refusal++) _brake.Ended(Request("", address: "10.0.0.1"), Outcome(UnknownModel));
        _brake.Check(Request("", address: "10.0.0.1", text: "whatever")).ShouldNotBeNull("the model is what was refused");
        _brake.Check(Request("", address: "10.0.0.2")).ShouldBeNull();
    }

    [Theory]
    [InlineData(ErrorKind.RateLimit)]
    [InlineData(ErrorKind.Api)]
    [InlineData(ErrorKind.Unavailable)]
    [InlineData(ErrorKind.ClientClosed)]
    public void What_passes_by_itself_is_no_refusal(ErrorKind kind)
    {
        for (var again = 0; again < 100; again++) End("a", new WireError(kind, "later"));
        _brake.Check(Request("a")).ShouldBeNull();
    }

    [Fact]
    public void It_can_be_switched_off_and_forgets_what_is_too_much()
    {
        _limits = new LimitOptions { RefusedBurst = 0 };
        for (var refusal = 0; refusal < 100; refusal++) End("a", UnknownModel);
        _brake.Check(Request("a")).ShouldBeNull();
        _limits = new LimitOptions { RefusedBurst = 1 };
        for (var name = 0; name < 10_000; name++) _brake.Ended(Request("a", model: $"m{name}"), Outcome(UnknownModel));
        _brake.Check(Request("a", model: "m9999")).ShouldNotBeNull();
        _brake.Check(Request("a", model: "m0")).ShouldBeNull("ten thousand names are not remembered");
    }

    private void End(string key, WireError error) => _brake.Ended(Request(key), Outcome(error));

    private static RequestOutcome Outcome(WireError error) => new() { Status = error.EffectiveStatus, Error = error };

    private static ClientRequest Request(string key, string model = "m", string text = "hi", string? address = null)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"contents":[{"parts":[{"text":"{{text}}"}]}]}""");
        return new ClientRequest
        {
            ClientProtocol = ProtocolRegistry.Client(Protocol.Gemini), Body = body, Head = RequestEnvelope.Read(body), Model = model, FlowId = "f", ClientAddress = address,
            Client = new ClientIdentity { KeyId = key, Name = key },
        };
    }
}
