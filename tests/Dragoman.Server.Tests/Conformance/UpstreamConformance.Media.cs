using System.Security.Cryptography;
using Dragoman.Server.Tests.Conformance.ClientDrivers;

namespace Dragoman.Server.Tests.Conformance;

/// <content>Pictures.</content>
public abstract partial class UpstreamConformance
{
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    protected static ImagePart Picture { get; } = new("image/png", Pixel);

    protected static string PictureSeen { get; } = Seen();

    [Theory, ClientProtocolData]
    public async Task A_picture_is_seen_bit_by_bit(string client, bool stream)
    {
        var ask = new Ask { Turns = [new UserTurn(new TextPart("What is this?"), Picture)] };
        var result = await AnswerAsync(client, ask, stream);
        result.Text.ShouldBe(PictureSeen + " You said: What is this?");
    }

    [Theory, ClientProtocolData(Needs = nameof(ClientDriver.ShowsImagesByUrl))]
    public async Task A_picture_by_address_is_passed_on_or_told_as_impossible(string client, bool stream)
    {
        const string address = "https://example.com/a.png";
        var ask = new Ask { Turns = [new UserTurn(new TextPart("What is this?"), new ImageUrlPart(address))] };
        var (result, requests) = await SeeAsync(client, ask, stream);
        if (House.ImagesByUrl)
        {
            result.Error.ShouldBeNull(result.Raw);
            requests.ShouldHaveSingleItem().Text.ShouldContain(address);
        }
        else
        {
            result.Status.ShouldBe(400);
            result.Error.ShouldNotBeNull(result.Raw).Message.ShouldContain("send the image as base64 data");
            requests.ShouldBeEmpty();
        }
    }

    private static string Seen()
    {
        var bytes = Convert.FromBase64String(Pixel);
        return $"I see image/png of {bytes.Length} bytes (sha256 {Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}).";
    }
}
