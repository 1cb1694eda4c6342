const place = document.getElementById("swagger-ui");
SwaggerUIBundle({ url: place.dataset.url, domNode: place, ...JSON.parse(place.dataset.config) });
