using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>Anthropic's bodies on Bedrock's InvokeModel: what Messages are, but for the address, the frames and the errors.</summary>
public sealed class InvokeDriver : ClientDriver
{
    private static readonly MessagesDriver Messages = new();

    public override string Name => "invoke";

    public override bool TellsToolErrors => true;

    public override string PathOf(Ask ask, bool stream) => $"/model/{Uri.EscapeDataString(ask.Model)}/{(stream ? "invoke-with-response-stream" : "invoke")}";

    public override JsonObject BodyOf(Ask ask, bool stream)
    {
        var body = Messages.BodyOf(ask, stream: false);
        body.Remove("model");
        body["anthropic_version"] = "bedrock-2023-05-31";
        return body;
    }

    public override ClientResult ReadWhole(JsonNode body) => Messages.ReadWhole(body);

    public override ClientResult ReadStream(IReadOnlyList<ServerSentEvent> events)
    {
        events.ShouldAllBe(item => item.Name != "ping");
        // An exception stands where Messages have an event of the type error; Messages' reader wants that form.
        return Messages.ReadStream([.. events.Select(item => item.Name!.StartsWith(AwsEventStream.Exception, StringComparison.Ordinal)
            ? new ServerSentEvent("error", new JsonObject { ["type"] = "error", ["error"] = new JsonObject { ["type"] = item.Name[AwsEventStream.Exception.Length..], ["message"] = Json.Parse(item.Data)["message"].Str() } }.ToJsonString())
            : item)]);
    }

    public override ClientError ReadError(JsonNode body) => ConverseDriver.AwsError(body);

    protected override string StreamMediaType => AwsEventStream.MediaType;

    protected override ClientError ErrorOf(HttpResponseMessage response, JsonNode body) => ConverseDriver.AwsError(body, response);

    /// <summary>Each chunk holds one event of Messages in base64.</summary>
    protected override List<ServerSentEvent> EventsOf(byte[] body) =>
    [
        .. AwsEventStream.ReadAll(body).Select(frame =>
        {
            if (frame.Name!.StartsWith(AwsEventStream.Exception, StringComparison.Ordinal)) return frame;
            frame.Name.ShouldBe("chunk");
            var data = Encoding.UTF8.GetString(Convert.FromBase64String(Json.Parse(frame.Data)["bytes"].Str()!));
            return new ServerSentEvent(Json.Parse(data)["type"].Str(), data);
        }),
    ];
}
