using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>
/// A client of one language, written by hand from its reference and knowing nothing of the gateway's codecs. It is strict: what an official
/// SDK would stumble over, or only happens to forgive, fails the test.
/// </summary>
public abstract class ClientDriver
{
    public static readonly IReadOnlyDictionary<string, ClientDriver> All = new ClientDriver[]
        { new ChatDriver(), new ResponsesDriver(), new MessagesDriver(), new GeminiDriver(), new CompletionsDriver(), new ConverseDriver(), new InvokeDriver() }.ToDictionary(driver => driver.Name);

    public abstract string Name { get; }

    /// <summary>Whether the language can say that a tool failed.</summary>
    public virtual bool TellsToolErrors => false;

    /// <summary>Whether the language takes pictures in tool results.</summary>
    public virtual bool ShowsImagesInResults => true;

    /// <summary>Whether a picture may be given by its address.</summary>
    public virtual bool ShowsImagesByUrl => true;

    /// <summary>Whether it has words for instructions in the middle of a conversation.</summary>
    public virtual bool InstructsMidway => false;

    /// <summary>The media type of its streams.</summary>
    protected virtual string StreamMediaType => "text/event-stream";

    public abstract string PathOf(Ask ask, bool stream);

    public abstract JsonObject BodyOf(Ask ask, bool stream);

    public abstract ClientResult ReadWhole(JsonNode body);

    public abstract ClientResult ReadStream(IReadOnlyList<ServerSentEvent> events);

    public abstract ClientError ReadError(JsonNode body);

    public async Task<ClientResult> AskAsync(HttpClient http, Ask ask, bool stream, params (string Name, string Value)[] headers)
    {
        var body = BodyOf(ask, stream);
        foreach (var (name, value) in ask.Extra ?? []) body[name] = value?.DeepClone();
        return await SendAsync(http, PathOf(ask, stream), body.ToJsonString(Json.Plain), stream, headers);
    }

    public async Task<ClientResult> SendAsync(HttpClient http, string path, string body, bool stream, params (string Name, string Value)[] headers)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) message.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(message);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var raw = Encoding.UTF8.GetString(bytes);
        var result = (int)response.StatusCode != 200 ? Failed(response, raw)
            : stream ? Streamed(response, bytes, ref raw)
            : Whole(response, raw);
        result.Status = (int)response.StatusCode;
        result.Raw = raw;
        result.Headers = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(", ", header.Value));
        return result;
    }

    /// <summary>Cuts a stream into its events, as the protocol's clients do.</summary>
    protected virtual List<ServerSentEvent> EventsOf(byte[] body) => ServerSentEvent.ReadAll(Encoding.UTF8.GetString(body));

    /// <summary>An error with what its headers say of it.</summary>
    protected virtual ClientError ErrorOf(HttpResponseMessage response, JsonNode body) => ReadError(body);

    private ClientResult Failed(HttpResponseMessage response, string raw)
    {
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/json", raw);
        return new ClientResult { Error = ErrorOf(response, Json.Parse(raw)) };
    }

    private ClientResult Whole(HttpResponseMessage response, string raw)
    {
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/json", raw);
        return ReadWhole(Json.Parse(raw));
    }

    private ClientResult Streamed(HttpResponseMessage response, byte[] body, ref string raw)
    {
        response.Content.Headers.ContentType?.MediaType.ShouldBe(StreamMediaType, raw);
        try
        {
            var events = EventsOf(body);
            // Frames are read as the events in them.
            if (StreamMediaType == AwsEventStream.MediaType) raw = string.Concat(events.Select(item => $"{item.Name} {item.Data}\n"));
            return ReadStream(events);
        }
        catch (Exception ex) when (ex is ShouldAssertException or Xunit.Sdk.XunitException or InvalidOperationException or NullReferenceException)
        {
            throw new InvalidDataException($"{ex.Message}\nin the stream:\n{(raw.Length > 6000 ? raw[..6000] + "…" : raw)}", ex);
        }
    }
}
