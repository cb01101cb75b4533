using System.Text.Json;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.StoredResponses;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.Responses;

/// <summary>What all routes about kept state share: the door, errors in the client's protocol, and small JSON answers.</summary>
internal sealed class StoredItemEndpoint(ClientAuthentication authentication, RequestBodyReader bodies, TimeProvider time)
{
    private static readonly IClientProtocol Responses = ProtocolRegistry.Client(Protocol.OpenAiResponses);

    /// <summary>Runs a handler for whoever may pass, with the caller's name as an owner and the call's flow id.</summary>
    public async Task RunAsync(HttpContext context, Func<string, string, Task> handle)
    {
        var flow = FlowId.New(time);
        if (authentication.Check(context) is { } refusal)
        {
            await ErrorResponse.WriteAsync(context, Responses, refusal, flow);
            return;
        }

        try
        {
            await handle(ClientAuthentication.IdentityOf(context).KeyId, flow);
        }
        catch (WireException ex)
        {
            await ErrorResponse.WriteAsync(context, Responses, ex.Error, flow);
        }
        catch (JsonException ex)
        {
            await ErrorResponse.WriteAsync(context, Responses, new WireError(ErrorKind.InvalidRequest, $"The request body is not valid JSON: {ex.Message}") { Code = "invalid_json" }, flow);
        }
    }

    /// <summary>Reads a body that must be a JSON object, or be absent.</summary>
    public async Task<JsonSlice> BodyAsync(HttpContext context)
    {
        using var body = await bodies.ReadAsync(context, context.RequestAborted);
        if (body.Length == 0) return JsonSlice.Create("{}"u8);
        _ = RequestEnvelope.Read(body.WrittenSpan);
        return new JsonSlice(body.WrittenSpan.Trim(" \r\n\t"u8).ToArray());
    }

    /// <summary>The page that a call asks for.</summary>
    public static ListQuery PageOf(HttpContext context)
    {
        var query = context.Request.Query;
        return new ListQuery(query["limit"].ToString(), query["order"].ToString(), query["after"].ToString());
    }

    /// <summary>Answers with JSON.</summary>
    public static async Task AnswerAsync(HttpContext context, string flow, Action<Utf8JsonWriter> write)
    {
        using var buffer = new PooledBuffer();
        var json = JsonWriting.Rent(buffer);
        write(json);
        JsonWriting.Return(json);
        await AnswerAsync(context, flow, buffer.WrittenMemory);
    }

    /// <summary>Answers with JSON.</summary>
    public static async Task AnswerAsync(HttpContext context, string flow, ReadOnlyMemory<byte> json)
    {
        var channel = new HttpResponseChannel(context);
        channel.Begin(200, "application/json", new AnswerHeaders { Flow = flow });
        await channel.Body.WriteAsync(json, context.RequestAborted);
    }
}
